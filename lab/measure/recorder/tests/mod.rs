//! The rules of verification, by arithmetic.
