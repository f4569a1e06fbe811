//! How the desk, which does one thing after the other, waits for a store that does not block.

use std::io;
use std::sync::{LazyLock, mpsc};

use tokio::runtime::{Builder, Runtime};

/// One for the process, and never shut down: connections to a bucket live as long as their runtime.
static RUNTIME: LazyLock<Result<Runtime, io::ErrorKind>> = LazyLock::new(|| {
    let built = Builder::new_multi_thread().worker_threads(1).thread_name("store").enable_all().build();
    built.map_err(|error| error.kind())
});

/// Does the work on a thread of its own and waits for it, whether or not the caller is on a runtime itself.
///
/// # Errors
/// When the system gives no thread, or the work did not come to its end.
pub(crate) fn wait<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> io::Result<T> {
    let runtime = RUNTIME.as_ref().map_err(|kind| io::Error::from(*kind))?;
    let (done, result) = mpsc::sync_channel(1);
    runtime.spawn(async move {
        // Nobody waits any more when the caller's thread has ended.
        let _ = done.send(work.await);
    });
    result.recv().map_err(|_| io::Error::other("the store's work ended early"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_comes_back() {
        assert_eq!(wait(async { 7 }).unwrap(), 7);
    }

    #[tokio::test]
    async fn a_caller_on_a_runtime_may_wait_too() {
        assert_eq!(wait(async { tokio::task::spawn_blocking(|| 7).await.unwrap() }).unwrap(), 7);
    }

    #[test]
    fn work_that_does_not_end_is_an_error() {
        let hook = std::panic::take_hook();
        std::panic::set_hook(Box::new(|_| {}));
        let ended: io::Result<()> = wait(async { panic!("a fault of the work") });
        std::panic::set_hook(hook);
        assert!(ended.is_err());
    }
}
