//! State of each page, one file per page. Plain data: `update` handles the actions.

pub mod account;
pub mod cards;
pub mod confirm;
pub mod first_password;
pub mod form;
pub mod issue;
pub mod line;
pub mod password;
pub mod paste;
pub mod picker;
pub mod pin;
pub mod prepare;
pub mod records;
pub mod result;
pub mod speech;
pub mod staff;
pub mod top;
pub mod transfer;
pub mod trouble;
