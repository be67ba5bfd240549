//! The address as events: municipality and address line go together, however each of them comes into the form.

use super::*;
use crate::registration::warning::Warning;

fn set(bench: &mut Bench, field: FieldId, value: &str) {
    bench.happen(Event::Action(Action::SetField(field, value.to_owned())));
}

fn said(bench: &Bench) -> Option<&Warning> {
    bench.model.visit.form.notes(FieldId::AddressLine).address.as_ref()
}

fn address(bench: &Bench) -> (&str, &str) {
    let draft = &bench.model.visit.form.draft;
    (draft.get(FieldId::Municipality), draft.get(FieldId::AddressLine))
}

/// Return STEP1 with an address in 新宿区.
fn in_shinjuku() -> Bench {
    let mut bench = Bench::at_step1();
    set(&mut bench, FieldId::Municipality, "13104");
    set(&mut bench, FieldId::AddressLine, "西新宿２－８－１");
    assert_eq!(said(&bench), None);
    bench
}

/// Choose a place in the picker.
fn picks(bench: &mut Bench, query: &str) {
    bench.happen(Event::Action(Action::FocusForm(FormFocus::Field(FieldId::Municipality))));
    bench.press(KeyCode::Enter);
    bench.happen(Event::Action(Action::SetText(query.to_owned())));
    bench.press(KeyCode::Enter);
    assert!(bench.model.visit.nav.overlay().is_none(), "{query}");
}

#[test]
fn another_municipality_gives_the_address_line_a_second_look_at_once() {
    let mut bench = in_shinjuku();
    picks(&mut bench, "667-0112");
    assert_eq!(address(&bench), ("28222", "西新宿２－８－１"));
    let wanted =
        Warning::TownElsewhere {
            town: "西新宿".to_owned(), place: "東京都 新宿区".to_owned(), chosen: "兵庫県 養父市".to_owned()
        };
    assert_eq!(said(&bench), Some(&wanted));
    assert_eq!(bench.model.visit.form.fault(FieldId::AddressLine), None, "it does not stop");
    bench.type_text("x");
    assert_eq!(said(&bench), None, "nothing is said about what is being typed");
    bench.press(KeyCode::Backspace);
    bench.press(KeyCode::Tab);
    assert_eq!(said(&bench), Some(&wanted));
    picks(&mut bench, "13104");
    assert_eq!(said(&bench), None);
}

#[test]
fn a_town_that_both_have_or_nobody_knows_raises_no_alarm() {
    for line in ["若松町１－１", "はなのまち１－１", "２－８－１"] {
        let mut bench = in_shinjuku();
        set(&mut bench, FieldId::AddressLine, line);
        set(&mut bench, FieldId::Municipality, "01202");
        assert_eq!(said(&bench), None, "{line}");
    }
}

#[test]
fn a_whole_address_in_the_line_is_divided() {
    let taken = Warning::MunicipalityTaken { place: "東京都 新宿区".to_owned() };
    for chosen in ["", "13104"] {
        let mut bench = Bench::at_step1();
        set(&mut bench, FieldId::Municipality, chosen);
        bench.happen(Event::Action(Action::FocusForm(FormFocus::Field(FieldId::AddressLine))));
        bench.paste("東京都新宿区西新宿2-8-1");
        assert_eq!(address(&bench).1, "東京都新宿区西新宿2-8-1", "as long as it is being edited");
        bench.press(KeyCode::Tab);
        assert_eq!(address(&bench), ("13104", "西新宿２－８－１"));
        assert_eq!(said(&bench), Some(&taken));
    }
    let mut bench = Bench::at_step1();
    set(&mut bench, FieldId::AddressLine, "東京都新宿区西新宿2-8-1");
    assert_eq!(address(&bench), ("13104", "西新宿２－８－１"));
}

#[test]
fn a_whole_address_of_another_municipality_is_divided_and_the_chosen_one_stays() {
    let mut bench = Bench::at_step1();
    set(&mut bench, FieldId::Municipality, "28222");
    set(&mut bench, FieldId::AddressLine, "東京都新宿区西新宿2-8-1");
    assert_eq!(address(&bench), ("28222", "西新宿２－８－１"));
    let left_out = Warning::MunicipalityLeftOut { place: "東京都 新宿区".to_owned(), chosen: "兵庫県 養父市".to_owned() };
    assert_eq!(said(&bench), Some(&left_out));
    bench.happen(Event::Action(Action::FocusForm(FormFocus::Field(FieldId::AddressLine))));
    bench.press(KeyCode::Tab);
    assert_eq!(said(&bench), Some(&left_out), "until something changes");
    set(&mut bench, FieldId::Municipality, "13104");
    assert_eq!(said(&bench), None);
}

#[test]
fn a_town_called_like_its_municipality_stays_whole() {
    let mut bench = Bench::at_step1();
    set(&mut bench, FieldId::Municipality, "28222");
    set(&mut bench, FieldId::AddressLine, "養父市場123番地");
    assert_eq!((address(&bench), said(&bench)), (("28222", "養父市場１２３番地"), None));
}

#[test]
fn an_address_typed_in_the_picker_fills_the_line_to_the_street_if_that_is_empty() {
    for (query, line) in [
        ("東京都新宿区西新宿2-8-1", "西新宿２－８－１"),
        ("東京都新宿区⻄新宿2-8-1", "西新宿２－８－１"),
        ("nishishinjuku", "西新宿"),
        ("東京都新宿区", ""),
    ] {
        let mut bench = Bench::at_step1();
        picks(&mut bench, query);
        assert_eq!(address(&bench).1, line, "{query}");
    }
    let mut bench = in_shinjuku();
    picks(&mut bench, "大阪市北区梅田1-1");
    assert_eq!(address(&bench), ("27127", "西新宿２－８－１"), "what was typed stays");
    assert!(matches!(said(&bench), Some(Warning::TownElsewhere { .. })));
}
