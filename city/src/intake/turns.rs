//! One request at a time for each package, and the newest goes first.
//!
//! A tablet whose connection died comes back while the intake still waits on the dead one. The newcomer therefore
//! interrupts whoever receives bytes of the same package; that one keeps what has arrived and steps aside. The turns
//! live in memory: between processes the conditional writes of the store decide.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedMutexGuard, watch};

#[derive(Default)]
struct Queue {
    /// The number given to the latest request.
    latest: watch::Sender<u64>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// All turns, by slot.
#[derive(Default)]
pub(super) struct Turns(Mutex<HashMap<String, Arc<Queue>>>);

/// The right to work on one package until dropped.
pub(super) struct Turn {
    number: u64,
    latest: watch::Receiver<u64>,
    _guard: OwnedMutexGuard<()>,
}

impl Turns {
    /// Interrupts the request that has the turn, and waits for it.
    pub(super) async fn take(&self, slot: &str) -> Turn {
        let queue = self.queue(slot);
        let mut number = 0;
        queue.latest.send_modify(|latest| {
            *latest += 1;
            number = *latest;
        });
        let latest = queue.latest.subscribe();
        let guard = Arc::clone(&queue.turn).lock_owned().await;
        Turn { number, latest, _guard: guard }
    }

    fn queue(&self, slot: &str) -> Arc<Queue> {
        let mut queues = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A queue that only this table holds, and whose turn nobody holds, is of no further use.
        queues.retain(|_, queue| Arc::strong_count(queue) > 1 || Arc::strong_count(&queue.turn) > 1);
        Arc::clone(queues.entry(slot.to_owned()).or_default())
    }
}

impl Turn {
    /// Returns when a newer request wants the turn.
    pub(super) async fn interrupted(&mut self) {
        let number = self.number;
        // An error says that the queue is gone, and with it everyone who could interrupt.
        if self.latest.wait_for(|latest| *latest > number).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn the_newcomer_interrupts_and_waits() {
        let turns = Arc::new(Turns::default());
        let mut first = turns.take("a").await;
        let waiting = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move { turns.take("a").await.number }
        });
        first.interrupted().await;
        assert!(!waiting.is_finished());
        drop(first);
        assert_eq!(waiting.await.unwrap(), 2);
    }

    #[tokio::test]
    async fn another_package_does_not_disturb() {
        let turns = Turns::default();
        let mut first = turns.take("a").await;
        let _second = turns.take("b").await;
        assert!(tokio::time::timeout(Duration::from_millis(20), first.interrupted()).await.is_err());
    }

    #[tokio::test]
    async fn queues_do_not_pile_up() {
        let turns = Turns::default();
        let held = turns.take("held").await;
        for number in 0..100 {
            drop(turns.take(&number.to_string()).await);
        }
        assert!(turns.0.lock().unwrap().len() <= 2);
        assert!(turns.0.lock().unwrap().contains_key("held"));
        drop(held);
    }
}
