//! Token buckets, shared by all nodes. `rate_limit` defines their sizes and purposes.

use sqlx::AssertSqlSafe;

use crate::service::store::{Tx, values};

/// A withdrawal from a bucket, in units of its level.
pub(in crate::service) struct Draw<'a> {
    /// Key of the bucket.
    pub(in crate::service) bucket: &'a str,
    /// Level of a full bucket.
    pub(in crate::service) size: i64,
    /// Refill per second.
    pub(in crate::service) per_second: i64,
    /// Amount to take.
    pub(in crate::service) want: i64,
}

/// The current level of a bucket. Clocks of nodes may differ, so time never runs backwards in a bucket.
const LEVEL: &str = "CASE WHEN $4 <= limits.at THEN limits.level
                          WHEN limits.level + ($4 - limits.at) * $5 > $2 THEN $2
                          ELSE limits.level + ($4 - limits.at) * $5 END";

impl Tx {
    /// Write a dummy row, for the readiness probe: with a full disk or a standby, reads alone would still succeed.
    pub(in crate::service) async fn sign_of_life(&mut self, now: i64) -> Result<(), sqlx::Error> {
        let sql = "INSERT INTO limits (id, level, at) VALUES ('ready', 0, $1) ON CONFLICT (id) DO UPDATE SET at = $1";
        self.run(sql, values![now]).await.map(drop)
    }

    /// Take from a bucket in one statement, so that concurrent requests never take more than it holds. If it holds too little, take nothing
    /// and return the seconds until it holds enough.
    pub(in crate::service) async fn draw(&mut self, draw: &Draw<'_>, now: i64) -> Result<Result<(), u64>, sqlx::Error> {
        let Draw { bucket, size, per_second, want } = *draw;
        let sql = format!(
            "INSERT INTO limits (id, level, at) VALUES ($1, $2 - $3, $4)
             ON CONFLICT (id) DO UPDATE SET level = {LEVEL} - $3, at = CASE WHEN $4 > limits.at THEN $4 ELSE limits.at END
             WHERE {LEVEL} >= $3"
        );
        if self.run(AssertSqlSafe(sql), values![bucket, size, want, now, per_second]).await? == 1 {
            return Ok(Ok(()));
        }
        let Some(row) = self.row("SELECT level, at FROM limits WHERE id = $1", values![bucket]).await? else { return Ok(Err(1)) };
        let missing = want.saturating_sub(row.get("level")?);
        let full_at = row.get::<i64>("at")?.saturating_add(missing.saturating_add(per_second - 1) / per_second.max(1));
        Ok(Err(u64::try_from(full_at.saturating_sub(now)).unwrap_or_default().max(1)))
    }
}
