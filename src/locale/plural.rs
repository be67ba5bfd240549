//! Plural forms by the rules of CLDR (supplemental/plurals.xml), for whole numbers, the only ones that the program counts.
//!
//! The build script also reads this file, to check that a language has all its forms.

/// A plural form, named as in CLDR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `zero`
    Zero,
    /// `one`
    One,
    /// `two`
    Two,
    /// `few`
    Few,
    /// `many`
    Many,
    /// `other`, which every language has.
    Other,
}

impl Form {
    /// Every form, in the order of the tables.
    pub const ALL: [Form; 6] = [Form::Zero, Form::One, Form::Two, Form::Few, Form::Many, Form::Other];

    /// Return CLDR's name, the last part of a key such as `pin_count.one`.
    pub const fn name(self) -> &'static str {
        match self {
            Form::Zero => "zero",
            Form::One => "one",
            Form::Two => "two",
            Form::Few => "few",
            Form::Many => "many",
            Form::Other => "other",
        }
    }
}

/// A plural rule, with the languages that use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plural {
    /// One form for all numbers: id, ja, ko, my, th, vi, zh.
    Other,
    /// One form for 1, another for the rest: de, en, mn, ne.
    One,
    /// One form for 0 and 1, another for the rest: bn, hi, si.
    ZeroOne,
    /// Forms for 1, for whole millions, and for the rest: es, it.
    OneMillions,
    /// Forms for 0 and 1, for whole millions, and for the rest: fr, pt.
    ZeroOneMillions,
    /// One form for numbers not ending in 4, 6 or 9, another for the rest: fil.
    Filipino,
}

impl Plural {
    /// Return the forms that a language must define.
    pub const fn forms(self) -> &'static [Form] {
        match self {
            Plural::Other => &[Form::Other],
            Plural::One | Plural::ZeroOne | Plural::Filipino => &[Form::One, Form::Other],
            Plural::OneMillions | Plural::ZeroOneMillions => &[Form::One, Form::Many, Form::Other],
        }
    }

    /// Return the form for a number.
    pub const fn form(self, number: u64) -> Form {
        let millions = number != 0 && number.is_multiple_of(1_000_000);
        match self {
            Plural::One | Plural::OneMillions if number == 1 => Form::One,
            Plural::ZeroOne | Plural::ZeroOneMillions if number <= 1 => Form::One,
            Plural::OneMillions | Plural::ZeroOneMillions if millions => Form::Many,
            // This includes 1, 2 and 3.
            Plural::Filipino if !matches!(number % 10, 4 | 6 | 9) => Form::One,
            _ => Form::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, Plural};

    /// A rule with sample numbers of its forms one, many and other.
    type Samples = (Plural, [&'static [u64]; 3]);

    #[test]
    fn numbers_take_the_forms_of_cldr_s_samples() {
        // The samples are those of each rule in CLDR's plurals.xml.
        let samples: &[Samples] = &[
            (Plural::Other, [&[], &[], &[0, 1, 2, 15, 100, 1_000_000]]),
            (Plural::One, [&[1], &[], &[0, 2, 16, 100, 1_000_000]]),
            (Plural::ZeroOne, [&[0, 1], &[], &[2, 17, 100, 1_000_000]]),
            (Plural::OneMillions, [&[1], &[1_000_000, 2_000_000], &[0, 2, 16, 100, 1_000_001]]),
            (Plural::ZeroOneMillions, [&[0, 1], &[1_000_000, 2_000_000], &[2, 17, 100, 1_000_001]]),
            (Plural::Filipino, [&[0, 1, 2, 3, 5, 7, 8, 10, 11, 12, 13, 100, 1_000_000], &[], &[4, 6, 9, 14, 16, 19, 24, 1004]]),
        ];
        for (rule, [one, many, other]) in samples {
            for (form, numbers) in [(Form::One, one), (Form::Many, many), (Form::Other, other)] {
                for number in *numbers {
                    assert_eq!(rule.form(*number), form, "{rule:?} {number}");
                    assert!(rule.forms().contains(&form), "{rule:?} {number}");
                }
            }
        }
    }
}
