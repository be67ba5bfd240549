//! One function a rule.
use super::*;

/// Check 利用者の区分.
pub fn category(value: &str) -> Result<Category, Problem> {
    match value {
        "" => Err(Problem::Missing),
        "foreign_national" => Ok(Category::ForeignNational),
        "legal_representative" => Ok(Category::LegalRepresentative),
        "family" => Ok(Category::Family),
        _ => Err(Problem::NotAChoice),
    }
}

/// Check the whole.
pub fn whole(_draft: &Draft, _today: Date) -> Result<Form, Vec<Fault>> {
    Err(Vec::new())
}

/// Check a form.
pub fn form(_form: &Form, _today: Date) -> Result<(), Vec<Fault>> {
    Ok(())
}
