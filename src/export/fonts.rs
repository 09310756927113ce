//! Which letters travel inside the program, so that text is set and drawn on a bare machine too?
//!
//! Inter for Latin, Greek and Cyrillic; the others for what names and levels may also be written in. What none of them has is looked for among the
//! system's fonts. Licences stand beside the files.

/// The faces, in the order in which a letter is looked for; the first two are Inter.
// A constant would stand in the program once for every unit of the compiler that names it, with seven megabytes each.
pub static SHIPPED: [&[u8]; 9] = [
    include_bytes!("../../assets/fonts/Inter-Regular.otf"),
    include_bytes!("../../assets/fonts/Inter-SemiBold.otf"),
    include_bytes!("../../assets/fonts/NotoSansArabic-Regular.ttf"),
    include_bytes!("../../assets/fonts/NotoSansHebrew-Regular.ttf"),
    include_bytes!("../../assets/fonts/NotoSansDevanagari-Regular.ttf"),
    include_bytes!("../../assets/fonts/NotoSansThai-Regular.ttf"),
    include_bytes!("../../assets/fonts/DroidSansFallbackFull.ttf"),
    include_bytes!("../../assets/fonts/NotoSansKR-Hangul.ttf"),
    include_bytes!("../../assets/fonts/NotoEmoji-Regular.ttf"),
];
