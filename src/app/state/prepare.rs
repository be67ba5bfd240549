//! Items of the page "before you begin".

/// Number of items on "before you begin": the three applications of the adviser, next, back.
pub const PREPARE_ITEMS: usize = 5;

/// The item of "before you begin" that continues to the registration.
pub const PREPARE_NEXT: usize = 3;
