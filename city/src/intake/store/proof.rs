//! Whether a store keeps its promise: of several writers of one name, exactly one creates it.
//!
//! Everything that the intake says rests on it. A store that takes the second write for good would let two intakes hold
//! different bytes for one package, so it is asked before the first tablet is let in.

use bytes::Bytes;
use futures_util::future::join_all;
use uuid::Uuid;

use super::{Store, StoreError};

/// Writers at once. More than one in flight is what counts.
const WRITERS: u8 = 8;

impl Store {
    /// Proves that objects are created once, also by writers at the same time. Leaves nothing behind.
    ///
    /// # Errors
    /// [`StoreError::NotConditional`] when the store lets a second writer win; any other when it can't be used at all.
    pub(crate) async fn prove(&self) -> Result<(), StoreError> {
        let name = format!("checks/{}", Uuid::new_v4());
        let proved = self.prove_at(&name).await;
        // The first error is the one to report.
        let removed = self.delete(&name).await;
        proved
            .and(removed)
            .map_err(|error| if matches!(error, StoreError::Missing) { StoreError::NotThere } else { error })
    }

    async fn prove_at(&self, name: &str) -> Result<(), StoreError> {
        let created = join_all((0..WRITERS).map(|writer| self.create(name, Bytes::copy_from_slice(&[writer])))).await;
        let winners: Vec<u8> =
            (0..WRITERS).zip(&created).filter(|(_, created)| created.is_ok()).map(|(writer, _)| writer).collect();
        let failed = |created: &Result<(), StoreError>| !matches!(created, Ok(()) | Err(StoreError::Exists));
        if let Some(error) = created.into_iter().find(failed) {
            return error;
        }
        let late = self.create(name, Bytes::from_static(b"late")).await;
        let kept = self.read(name).await?;
        match (winners.as_slice(), late) {
            ([winner], Err(StoreError::Exists)) if kept.as_deref() == Some(&[*winner]) => Ok(()),
            (_, Err(error)) if !matches!(error, StoreError::Exists) => Err(error),
            _ => Err(StoreError::NotConditional),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt;
    use std::sync::Arc;

    use async_trait::async_trait;
    use futures_util::stream::BoxStream;
    use object_store::memory::InMemory;
    use object_store::path::Path as ObjectName;
    use object_store::{
        CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore, PutMode,
        PutMultipartOptions, PutOptions, PutPayload, PutResult, Result,
    };

    use super::*;

    /// A store that does not look at conditions, as some do that call themselves compatible.
    #[derive(Debug)]
    struct Careless(InMemory);

    impl fmt::Display for Careless {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("careless")
        }
    }

    #[async_trait]
    impl ObjectStore for Careless {
        async fn put_opts(&self, name: &ObjectName, payload: PutPayload, options: PutOptions) -> Result<PutResult> {
            self.0.put_opts(name, payload, PutOptions { mode: PutMode::Overwrite, ..options }).await
        }
        async fn put_multipart_opts(
            &self,
            name: &ObjectName,
            options: PutMultipartOptions,
        ) -> Result<Box<dyn MultipartUpload>> {
            self.0.put_multipart_opts(name, options).await
        }
        async fn get_opts(&self, name: &ObjectName, options: GetOptions) -> Result<GetResult> {
            self.0.get_opts(name, options).await
        }
        fn delete_stream(
            &self,
            names: BoxStream<'static, Result<ObjectName>>,
        ) -> BoxStream<'static, Result<ObjectName>> {
            self.0.delete_stream(names)
        }
        fn list(&self, prefix: Option<&ObjectName>) -> BoxStream<'static, Result<ObjectMeta>> {
            self.0.list(prefix)
        }
        async fn list_with_delimiter(&self, prefix: Option<&ObjectName>) -> Result<ListResult> {
            self.0.list_with_delimiter(prefix).await
        }
        async fn copy_opts(&self, from: &ObjectName, to: &ObjectName, options: CopyOptions) -> Result<()> {
            self.0.copy_opts(from, to, options).await
        }
    }

    #[tokio::test]
    async fn a_store_that_replaces_what_it_should_refuse_is_found_out() {
        let careless = Store { objects: Arc::new(Careless(InMemory::new())), folder: None };
        assert!(matches!(careless.prove().await, Err(StoreError::NotConditional)));
        assert_eq!(careless.list("checks").await.unwrap(), []);
        let careful = Store { objects: Arc::new(InMemory::new()), folder: None };
        careful.prove().await.unwrap();
    }

    #[tokio::test]
    async fn a_folder_proves_itself_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        Store::at_folder(folder.path()).unwrap().prove().await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path().join("checks")).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_store_that_is_gone_is_not_called_careless() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::at_folder(folder.path()).unwrap();
        std::fs::remove_dir(folder.path()).unwrap();
        std::fs::write(folder.path(), b"a file in its place").unwrap();
        let refused = store.prove().await;
        assert!(!matches!(refused, Ok(()) | Err(StoreError::NotConditional)), "{refused:?}");
        std::fs::remove_file(folder.path()).unwrap();
    }
}
