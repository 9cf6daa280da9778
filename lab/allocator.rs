//! The allocator of the lab's programs.
//!
//! Thousands of clients that do the same in turn touch the same few objects of each. An allocator that keeps what is of
//! one size together has the next client's beside this one's; the system's mixes all that one client needs, and every
//! object is on a page of its own. A program opts in:
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
