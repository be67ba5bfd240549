//! Before you begin: its items.

/// How many items "before you begin" has: the three applications of the adviser, next, back.
pub const PREPARE_ITEMS: usize = 5;

/// The item of "before you begin" that goes on.
pub const PREPARE_NEXT: usize = 3;
