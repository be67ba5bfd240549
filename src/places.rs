//! Prefectures, municipalities, postal codes and towns: search, and splitting a card's address. Embedded flat, read in place.
