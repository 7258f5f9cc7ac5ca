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
        let (mut rest, offset_seconds) = split_zone(text.as_bytes())?;
        let rest = &mut rest;
        let year = digits::<4>(rest)?;
        mark(rest, b'-')?;
        let month = digits::<2>(rest)?;
        mark(rest, b'-')?;
        let day = digits::<2>(rest)?;
        mark(rest, b'T')?;
        let hour = digits::<2>(rest)?;
        mark(rest, b':')?;
        let minute = digits::<2>(rest)?;
        mark(rest, b':')?;
        let second = digits::<2>(rest)?;
        let is_fraction = match rest {
            [] => true,
            [b'.', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
            _ => false,
        };
        if !is_fraction || second > 59 {
            return Err(InvalidTime);
        }
        let small = |value: u16| u8::try_from(value).map_err(|_| InvalidTime);
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
fn split_zone(text: &[u8]) -> Result<(&[u8], i64), InvalidTime> {
    if let Some(rest) = text.strip_suffix(b"Z") {
        return Ok((rest, 0));
    }
    let (rest, [sign, zone @ ..]) = text.split_last_chunk::<6>().ok_or(InvalidTime)?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return Err(InvalidTime),
    };
    let zone = &mut zone.as_slice();
    let hours = digits::<2>(zone)?;
    mark(zone, b':')?;
    let minutes = digits::<2>(zone)?;
    if minutes > 59 || hours > 14 || (hours == 14 && minutes != 0) {
        return Err(InvalidTime);
    }
    Ok((rest, sign * (i64::from(hours) * 3600 + i64::from(minutes) * 60)))
}

/// Takes a number of `N` digits.
fn digits<const N: usize>(text: &mut &[u8]) -> Result<u16, InvalidTime> {
    let (digits, rest) = text.split_first_chunk::<N>().ok_or(InvalidTime)?;
    *text = rest;
    digits.iter().try_fold(0, |number, digit| match digit {
        b'0'..=b'9' => Ok(number * 10 + u16::from(digit - b'0')),
        _ => Err(InvalidTime),
    })
}

/// Takes what stands between two numbers.
fn mark(text: &mut &[u8], expected: u8) -> Result<(), InvalidTime> {
    let (mark, rest) = text.split_first().ok_or(InvalidTime)?;
    *text = rest;
    if *mark == expected { Ok(()) } else { Err(InvalidTime) }
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
            "2026-11-21T12:00:00+1:00",
            "2026-11-21T12:00:00+01:0",
            "2026-11-21T12:00:00+01-00",
            "2026-11-21T12:00:00.1.2Z",
            "2026-11-21T12:00:00.1aZ",
            "2026-11-21T1:000:00Z",
            "2026-1-121T12:00:00Z",
            "+026-11-21T12:00:00Z",
            "2026-11-21T12:00:0:Z",
            "2026-11-21T12:00:0/Z",
            "2026/11/21T12:00:00Z",
            "2026-11-21t12:00:00Z",
            "2026-11-21T12:00:00ZZ",
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
