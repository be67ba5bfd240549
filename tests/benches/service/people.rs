//! x
pub(crate) async fn measure(_store: &str, _database: Option<String>) -> bool {
    true
}
