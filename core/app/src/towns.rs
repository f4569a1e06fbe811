//! The municipality's towns: found by what is typed of an address, and read over it for the resident.

use homon_domain::towns::{ReadPiece, TownMatch};

use crate::error::Result;
use crate::homon::Homon;

impl Homon {
    /// The towns that may be meant by the beginning of an address as it is typed, a few of them; each says the address
    /// to go on from.
    ///
    /// # Errors
    /// [`crate::Error::SignInAgain`].
    pub async fn find_towns(&self, typed: String) -> Result<Vec<TownMatch>> {
        self.worker.run(move |desk| Ok(desk.session()?.programme().find_towns(&typed))).await
    }

    /// An address in pieces, with the readings of the municipality and the town where the programme knows them.
    ///
    /// # Errors
    /// [`crate::Error::SignInAgain`].
    pub async fn read_address(&self, address: String) -> Result<Vec<ReadPiece>> {
        self.worker.run(move |desk| Ok(desk.session()?.programme().read_address(&address))).await
    }
}
