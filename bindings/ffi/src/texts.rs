//! What the core says of a text that a screen shows, and of what a screen asks for: such rules stand in the core alone.

use homon_app::Result;
use homon_app::model::{BirthDate, ReceivedText, SiteKind, StaffingRule};

use crate::guarded;

/// 生年月日 in its era: `昭和5年3月12日`, `昭和5年3月日不詳`, `昭和5年月日不詳`. Where the unknown parts decide the era, both are
/// named: `大正15年・昭和元年月日不詳`.
///
/// # Errors
/// `HomonError::Internal`.
#[uniffi::export]
pub fn birth_date_in_era(birth_date: BirthDate) -> Result<String> {
    guarded(|| Ok(birth_date.era_text()))
}

/// 生年月日 in Gregorian years: `1930年3月12日`, `1930年3月日不詳`, `1930年月日不詳`.
///
/// # Errors
/// `HomonError::Internal`.
#[uniffi::export]
pub fn birth_date_in_gregorian(birth_date: BirthDate) -> Result<String> {
    guarded(|| Ok(birth_date.gregorian_text()))
}

/// Whether the address of such a site is a resident's, so that it is asked for at check-in.
///
/// # Errors
/// `HomonError::Internal`.
#[uniffi::export]
pub fn has_private_address(kind: SiteKind) -> Result<bool> {
    guarded(|| Ok(kind.has_private_address()))
}

/// Whether the city may ask for a worker visit by visit.
///
/// # Errors
/// `HomonError::Internal`.
#[uniffi::export]
pub fn can_ask_for_worker(staffing: StaffingRule) -> Result<bool> {
    guarded(|| Ok(staffing.can_ask_for_worker()))
}

/// Whether a font may lack a glyph of a text, so that the screen should say what it may show wrongly.
///
/// # Errors
/// `HomonError::Internal`.
#[uniffi::export]
pub fn needs_font_check(text: ReceivedText) -> Result<bool> {
    guarded(|| Ok(text.needs_font_check()))
}
