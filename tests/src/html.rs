//! What a person without a script engine sees of a page: its forms.

/// The `action` of the first form and its hidden fields, entities resolved.
///
/// # Panics
/// When the page has no form.
#[must_use]
#[track_caller]
pub fn first_form(page: &str) -> (String, Vec<(String, String)>) {
    let start = page.find("<form").unwrap_or_else(|| panic!("no form in: {page}"));
    let end = page[start..].find("</form>").map_or(page.len(), |length| start + length);
    let form = &page[start..end];
    let action = attribute(form, "action").unwrap_or_default();
    let fields = form
        .split("<input")
        .skip(1)
        .filter_map(|input| {
            Some((attribute(input, "name")?, attribute(input, "value").unwrap_or_default()))
        })
        .collect();
    (action, fields)
}

/// The value of an attribute of the tag that `text` begins in.
fn attribute(text: &str, name: &str) -> Option<String> {
    let tag = &text[..text.find('>')?];
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    let value = &tag[start..];
    Some(unescape(&value[..value.find('"')?]))
}

/// Resolves the entities that an HTML template writes.
#[must_use]
pub fn unescape(text: &str) -> String {
    text.replace("&#43;", "+")
        .replace("&#x2b;", "+")
        .replace("&#38;", "&")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}
