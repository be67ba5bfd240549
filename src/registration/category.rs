//! "What will you apply for?": advice on the category (registration.md, "Way through").

use super::Category;

/// What the person will apply for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Application {
    /// 在留資格認定証明書交付: bring family from abroad.
    BringFamily,
    /// 在留資格変更許可, 在留期間更新許可: change the status or extend the stay.
    ChangeOrExtend,
    /// For a family member as their legal representative, such as a parent for a small child.
    Represent,
}

impl Application {
    /// Every application, in display order.
    pub const ALL: &'static [Application] = &[Application::ChangeOrExtend, Application::BringFamily, Application::Represent];

    /// Return the category to choose, which decides whether the residence card number is needed.
    pub const fn category(self) -> Category {
        match self {
            Application::BringFamily => Category::Family,
            Application::ChangeOrExtend => Category::ForeignNational,
            Application::Represent => Category::LegalRepresentative,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_foreign_national_needs_a_residence_card() {
        for application in Application::ALL {
            let own = *application == Application::ChangeOrExtend;
            assert_eq!(application.category().needs_residence_card(), own, "{application:?}");
        }
    }

    #[test]
    fn every_category_is_advised_to_somebody() {
        for category in [Category::ForeignNational, Category::LegalRepresentative, Category::Family] {
            assert_eq!(Application::ALL.iter().filter(|application| application.category() == category).count(), 1);
        }
    }
}
