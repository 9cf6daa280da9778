//! The runtime of everything that tokio runs here.

use tokio::runtime::{Builder, Runtime};

/// A runtime on the calling thread.
pub fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the machine can run tokio")
}
