//! The allocator of the lab's programs.
//!
//! Thousands of clients that do the same in turn touch the same few objects of each. This allocator keeps what is of one
//! size together, so that the next client's object is beside this one's, and asks Linux for huge pages. The system's
//! puts all of one client in a row: the next client's object of the same kind is pages away. A program opts in:
//!
//! ```text
//! #[global_allocator]
//! static ALLOCATOR: pushlab::allocator::Allocator = pushlab::allocator::ALLOCATOR;
//! ```

#[cfg(any(all(target_os = "linux", target_env = "gnu"), target_vendor = "apple"))]
use mimalloc::MiMalloc as Chosen;
#[cfg(not(any(all(target_os = "linux", target_env = "gnu"), target_vendor = "apple")))]
use std::alloc::System as Chosen;

/// What a program's allocator is.
pub type Allocator = Chosen;

/// The one that there is.
pub const ALLOCATOR: Allocator = Chosen;
