-- Which fields of the form differ from the signing card, as a JSON array of their names. Rows of before were not compared: NULL.
ALTER TABLE people ADD COLUMN differs_from_card TEXT;
