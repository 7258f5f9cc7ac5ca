//! Points in time, in whole seconds. The core has no clock: `now` is always an argument.

use core::fmt;
use core::time::Duration;

use der::DateTime;

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time, RFC 7519 NumericDate).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(u64);

/// A text that is not an xs:dateTime between the years 1970 and 9999 with a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidTime;

impl fmt::Display for InvalidTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a date and time such as 2026-11-21T12:00:00Z")
    }
}

impl core::error::Error for InvalidTime {}

impl UnixTime {
    /// From seconds since the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn seconds(self) -> u64 {
        self.0
    }

    /// Later by `duration`, whole seconds; stops at the end of time.
    #[must_use]
    pub const fn saturating_add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(duration.as_secs()))
    }

    /// Earlier by `duration`, whole seconds; stops at the epoch.
    #[must_use]
    pub const fn saturating_sub(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(duration.as_secs()))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    #[must_use]
    pub const fn saturating_since(self, earlier: Self) -> Duration {
        Duration::from_secs(self.0.saturating_sub(earlier.0))
    }

    /// Parses an xs:dateTime as SAML writes it (SAML Core 1.3.3) and RFC 3339 times.
    ///
    /// The time zone is required. Fractions of a second are read and dropped. Leap seconds (`:60`)
    /// and `24:00:00` are refused: no identity provider sends them and every library reads them
    /// differently.
    ///
    /// # Errors
    /// [`InvalidTime`] for everything else.
    pub fn parse(text: &str) -> Result<Self, InvalidTime> {
        let (date_time, offset_seconds) = split_zone(text)?;
        let (date, time) = date_time.split_once('T').ok_or(InvalidTime)?;
        let mut date = date.splitn(3, '-');
        let year = digits(date.next(), 4)?;
        let month = digits(date.next(), 2)?;
        let day = digits(date.next(), 2)?;
        let (time, fraction) = match time.split_once('.') {
            Some((time, fraction)) => (time, Some(fraction)),
            None => (time, None),
        };
        if fraction.is_some_and(|f| f.is_empty() || !f.bytes().all(|b| b.is_ascii_digit())) {
            return Err(InvalidTime);
        }
        let mut time = time.splitn(3, ':');
        let hour = digits(time.next(), 2)?;
        let minute = digits(time.next(), 2)?;
        let second = digits(time.next(), 2)?;
        let small = |value: u16| u8::try_from(value).map_err(|_| InvalidTime);
        if second > 59 {
            return Err(InvalidTime);
        }
        let local = DateTime::new(
            year,
            small(month)?,
            small(day)?,
            small(hour)?,
            small(minute)?,
            small(second)?,
        )
        .map_err(|_| InvalidTime)?
        .unix_duration()
        .as_secs();
        local
            .checked_add_signed(offset_seconds.checked_neg().ok_or(InvalidTime)?)
            .map(Self)
            .ok_or(InvalidTime)
    }
}

/// `Z` or `+hh:mm` / `-hh:mm` (XML Schema Part 2, 3.2.7.3: at most 14:00).
fn split_zone(text: &str) -> Result<(&str, i64), InvalidTime> {
    if let Some(rest) = text.strip_suffix('Z') {
        return Ok((rest, 0));
    }
    let at = text.len().checked_sub(6).ok_or(InvalidTime)?;
    let (rest, zone) = text.split_at_checked(at).ok_or(InvalidTime)?;
    let (sign, zone) = match zone.as_bytes().first() {
        Some(b'+') => (1, zone.strip_prefix('+').ok_or(InvalidTime)?),
        Some(b'-') => (-1, zone.strip_prefix('-').ok_or(InvalidTime)?),
        _ => return Err(InvalidTime),
    };
    let (hours, minutes) = zone.split_once(':').ok_or(InvalidTime)?;
    let (hours, minutes) = (digits(Some(hours), 2)?, digits(Some(minutes), 2)?);
    if minutes > 59 || hours > 14 || (hours == 14 && minutes != 0) {
        return Err(InvalidTime);
    }
    Ok((rest, sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60)))
}

fn digits(text: Option<&str>, count: usize) -> Result<u16, InvalidTime> {
    let text = text.ok_or(InvalidTime)?;
    if text.len() != count || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(InvalidTime);
    }
    text.parse().map_err(|_| InvalidTime)
}

/// RFC 3339 in UTC, as `2026-11-21T12:00:00Z`; valid as xs:dateTime.
impl fmt::Display for UnixTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_unix_duration(Duration::from_secs(self.0)) {
            Ok(date_time) => date_time.fmt(f),
            Err(_) => write!(f, "{} seconds since 1970", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[track_caller]
    fn check(text: &str, expected: Result<u64, InvalidTime>) {
        assert_eq!(UnixTime::parse(text).map(UnixTime::seconds), expected, "{text}");
    }

    #[test]
    fn xs_date_times_with_a_zone_are_read() {
        check("1970-01-01T00:00:00Z", Ok(0));
        check("2026-11-21T12:00:00Z", Ok(1_795_262_400));
        check("2026-11-21T12:00:00.999Z", Ok(1_795_262_400));
        check("2026-11-21T13:30:00+01:30", Ok(1_795_262_400));
        check("2026-11-21T07:00:00-05:00", Ok(1_795_262_400));
        check("2024-02-29T00:00:00Z", Ok(1_709_164_800));
        check("9999-12-31T23:59:59Z", Ok(253_402_300_799));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "Z",
            "2026-11-21",
            "2026-11-21T12:00:00",
            "2026-11-21 12:00:00Z",
            "2026-11-21T12:00Z",
            "2026-11-21T12:00:00.Z",
            "2026-11-21T12:00:00,5Z",
            "2026-11-21T12:00:60Z",
            "2026-11-21T24:00:00Z",
            "2026-02-29T12:00:00Z",
            "2026-13-01T12:00:00Z",
            "12026-11-21T12:00:00Z",
            "-026-11-21T12:00:00Z",
            "1969-12-31T23:59:59Z",
            "1970-01-01T00:00:00+01:00",
            "2026-11-21T12:00:00+14:01",
            "2026-11-21T12:00:00z",
            "2026-11-21T12:00:00Z ",
            "2026-11-21T12:00:00é01:00",
        ] {
            check(text, Err(InvalidTime));
        }
    }

    #[test]
    fn display_is_what_parse_reads() {
        let time = UnixTime::from_seconds(1_795_262_400);
        assert_eq!(time.to_string(), "2026-11-21T12:00:00Z");
    }
}
