//! Two persons with a card each and two readers, at a real pcscd with a service elsewhere: which card is asked what, what a swap looks like,
//! and what of a person is left in the program's memory. Runs in namespaces of its own (tests/stage), or says that it did not.
//!
//! A scene is a function in one of the files of the folder, named in `main`: `Desk` sets everything up, `journey` goes the way, the cards tell
//! what they were asked (`verifies`, `tries`, `count`), `memory` what is left.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "in a test, a failure is a panic")]

use std::process::ExitCode;

#[cfg(target_os = "linux")]
#[path = "common/journey.rs"]
mod journey;
#[cfg(all(target_os = "linux", feature = "service"))]
#[path = "common/letters.rs"]
mod letters;
#[cfg(target_os = "linux")]
#[path = "common/memory.rs"]
mod memory;
#[cfg(target_os = "linux")]
#[path = "common/pty.rs"]
mod pty;
#[cfg(target_os = "linux")]
#[path = "common/stage.rs"]
mod stage;
#[cfg(all(target_os = "linux", feature = "service"))]
#[path = "common/trace.rs"]
mod trace;

#[cfg(all(target_os = "linux", feature = "service"))]
#[path = "two_cards/breaks.rs"]
mod breaks;
#[cfg(all(target_os = "linux", feature = "service"))]
#[path = "two_cards/commit.rs"]
mod commit;
#[cfg(all(target_os = "linux", feature = "service"))]
#[path = "two_cards/desk.rs"]
mod desk;
#[cfg(all(target_os = "linux", feature = "service"))]
#[path = "two_cards/kiosk.rs"]
mod kiosk;
#[cfg(all(target_os = "linux", feature = "service"))]
#[path = "two_cards/left_over.rs"]
mod left_over;
#[cfg(all(target_os = "linux", feature = "service"))]
#[path = "two_cards/new_card.rs"]
mod new_card;
#[cfg(all(target_os = "linux", feature = "service"))]
#[path = "two_cards/readers.rs"]
mod readers;
#[cfg(all(target_os = "linux", feature = "service"))]
#[path = "two_cards/swaps.rs"]
mod swaps;

#[cfg(all(target_os = "linux", feature = "service"))]
#[path = "two_cards/traces.rs"]
mod traces;

#[cfg(not(all(target_os = "linux", feature = "service")))]
fn main() -> ExitCode {
    println!("test result: ok. 0 passed; 0 failed; 0 ignored; NOT RUN: needs Linux, and the feature `service` for card and service");
    ExitCode::SUCCESS
}

#[cfg(all(target_os = "linux", feature = "service"))]
fn main() -> ExitCode {
    use {breaks::*, commit::*, kiosk::*, left_over::*, new_card::*, readers::*, swaps::*, traces::*};
    stage::run(stage::scenes![
        the_self_diagnosis_sees_both_readers_and_looks_at_one_card,
        each_password_is_sent_once_to_the_card_of_the_chosen_reader_and_never_to_the_other,
        the_card_in_the_first_reader_is_asked_nothing_when_the_second_is_chosen,
        both_cards_are_taken_by_one_service,
        a_person_s_card_is_the_same_in_the_other_reader,
        a_card_swapped_while_the_program_did_not_look_is_looked_at,
        a_transport_card_is_told_by_its_answer_to_reset_and_sent_nothing,
        a_card_service_that_stops_and_comes_back_is_found_and_its_card_looked_at_again,
        readers_that_are_gone_and_come_back_are_seen,
        two_persons_at_two_readers_choose_one_and_the_visit_follows_its_card_to_the_other,
        after_a_swap_on_the_top_page_the_next_person_registers_with_nothing_of_the_first,
        a_visit_that_was_left_open_goes_on_with_its_card_and_the_pin_whatever_other_card_is_laid_beside,
        a_card_swapped_during_step1_and_step2_hides_them_and_registers_with_the_password_again_when_it_is_back,
        what_is_typed_of_a_password_is_never_sent_to_the_card_that_was_put_in_meanwhile,
        a_service_that_is_gone_and_comes_back_knowing_nothing_leaves_the_form_to_its_own_card,
        a_card_service_that_was_restarted_under_step1_ends_no_visit,
        at_a_help_desk_a_page_is_covered_while_its_card_is_away_and_another_card_starts_again,
        in_line_mode_another_card_is_asked_about_and_the_next_person_registers,
        keys_that_are_held_down_or_come_in_one_burst_register_nobody_and_leave_step3_standing,
        in_line_mode_an_interrupt_between_signature_and_answer_waits_for_the_id,
        until_the_answer_has_come_neither_key_nor_card_ends_the_visit_and_step3_is_the_person_s,
        a_card_pulled_at_any_command_is_waited_for_on_the_full_screen_and_in_line_mode,
        a_reader_that_fails_or_is_unplugged_at_any_kind_of_command_is_said_and_the_way_goes_on,
        a_card_service_that_is_restarted_is_found_again_on_each_page,
        another_program_that_holds_the_card_is_told_about_until_it_lets_go,
        a_card_that_was_replaced_is_told_so_and_takes_its_place_back,
        after_a_visit_nothing_of_the_person_is_left_in_the_memory_of_the_program,
        after_a_receipt_was_printed_and_saved_nothing_of_the_person_is_left_in_the_memory_of_the_program,
        a_password_is_in_the_memory_of_the_program_until_it_was_sent_and_then_no_more,
        after_a_visit_in_line_mode_nothing_of_the_person_is_left_in_the_memory_of_the_program,
        after_what_a_registered_person_asks_for_nothing_of_it_is_left_in_the_memory_of_the_program,
        the_program_leaves_nothing_of_the_person_in_its_memory_when_it_ends,
        line_mode_leaves_nothing_of_the_person_in_its_memory_when_it_ends,
        at_a_kiosk_a_visit_that_nobody_attends_is_warned_and_ends_and_only_the_staff_leave,
        a_kiosk_whose_reader_is_unplugged_ends_the_visit_and_serves_the_next_visitor_once_it_is_back,
        a_kiosk_whose_card_service_is_restarted_ends_no_attended_visit_and_serves_the_next_visitor,
        a_kiosk_reads_its_pages_aloud_and_counts_the_time_from_the_end_of_what_is_heard,
        many_visitors_in_a_row_leave_nothing_at_a_kiosk_and_its_memory_does_not_grow,
        a_registration_writes_no_file_and_no_password_to_the_terminal,
        a_registration_in_line_mode_writes_no_file_and_no_password_to_the_terminal,
    ])
}
