//! The municipality's towns: found by what is typed of an address, and read over it for the resident.

use homon_app::Result;
use homon_app::model::{ReadPiece, TownMatch};

use crate::homon::Homon;

#[uniffi::export]
impl Homon {
    /// The towns that may be meant by the beginning of an address as it is typed, a few of them; each says the address
    /// to go on from.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`.
    pub async fn find_towns(&self, typed: String) -> Result<Vec<TownMatch>> {
        self.ask(|homon| async move { homon.find_towns(typed).await }).await
    }

    /// An address in pieces, with the readings of the municipality and the town where the programme knows them.
    ///
    /// # Errors
    /// `HomonError::SignInAgain`.
    pub async fn read_address(&self, address: String) -> Result<Vec<ReadPiece>> {
        self.ask(|homon| async move { homon.read_address(address).await }).await
    }
}
