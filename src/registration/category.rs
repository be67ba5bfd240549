//! "What will you apply for?": which category to choose and whose card to read, as the table of the agency's guide has it.

use super::Category;

/// What the person wants to apply for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Application {
    /// 在留資格認定証明書交付: bring family from abroad.
    BringFamily,
    /// 在留資格変更許可, 在留期間更新許可: change the status or extend the stay.
    ChangeOrExtend,
    /// For a family member as their legal representative, for instance a parent for a small child.
    Represent,
}

/// Whose My Number Card is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardOwner {
    /// The Japanese spouse, or the family member who lives in Japan.
    FamilyInJapan,
    /// The foreign national who applies.
    ForeignNational,
    /// The legal representative.
    Representative,
}

impl Application {
    /// Every application, in the order in which they are offered.
    pub const ALL: &'static [Application] = &[Application::ChangeOrExtend, Application::BringFamily, Application::Represent];

    /// Return the category to choose; it also says whether the residence card number is needed.
    pub const fn category(self) -> Category {
        match self {
            Application::BringFamily => Category::Family,
            Application::ChangeOrExtend => Category::ForeignNational,
            Application::Represent => Category::LegalRepresentative,
        }
    }

    /// Return whose card is read.
    pub const fn card_owner(self) -> CardOwner {
        match self {
            Application::BringFamily => CardOwner::FamilyInJapan,
            Application::ChangeOrExtend => CardOwner::ForeignNational,
            Application::Represent => CardOwner::Representative,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_foreign_national_needs_a_residence_card() {
        for application in Application::ALL {
            let own = application.card_owner() == CardOwner::ForeignNational;
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
