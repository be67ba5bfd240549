//! jpki
