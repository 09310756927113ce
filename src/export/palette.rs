//! The colours of segments: the same cluster has the same colour in the window and in every file.
//!
//! Okabe & Ito (2008), "Color Universal Design", without black (it reads as text) and yellow (it vanishes on white). Each further
//! colour is the one farthest (CIEDE2000) from all before it and from the grey of noise as seen by the worst-off of normal,
//! protan, deutan and tritan eyes (Machado, Oliveira, Fernandes 2009), among those that stand out on white as on near-black.

use crate::base::part;

/// Red, green, blue, 0 to 255.
pub type Rgb = [u8; 3];

/// Customers in no segment. Darker than usual for a grey, since the lighter ones are pink to deutan eyes.
pub const NOISE: Rgb = [120, 120, 126];

const SEGMENTS: [Rgb; 24] = [
    [0, 114, 178],
    [230, 159, 0],
    [0, 158, 115],
    [204, 121, 167],
    [213, 94, 0],
    [86, 180, 233],
    [160, 50, 60],
    [130, 70, 120],
    [130, 120, 250],
    [170, 180, 120],
    [30, 110, 80],
    [150, 120, 80],
    [190, 40, 10],
    [130, 180, 150],
    [220, 110, 120],
    [200, 40, 160],
    [170, 150, 80],
    [170, 120, 200],
    [160, 90, 100],
    [200, 160, 200],
    [100, 140, 30],
    [140, 90, 220],
    [100, 100, 20],
    [220, 70, 140],
];

/// Parts of a segment are shades of its colour, so that they are seen to belong together: towards black or white, and how far. The first two are
/// farthest apart.
const SHADES: [(Rgb, f64); 6] =
    [([27, 29, 33], 0.2), ([255; 3], 0.45), ([27, 29, 33], 0.45), ([255; 3], 0.66), ([27, 29, 33], 0.0), ([255; 3], 0.22)];

/// The colour of a segment by its number, from 0; repeats after 24. A part has a shade of its segment's.
pub fn segment(number: usize) -> Rgb {
    part::parts(number).into_iter().fold(SEGMENTS[part::segment_of(number) % SEGMENTS.len()], |colour, at| {
        let (towards, share) = SHADES[at % SHADES.len()];
        mix(colour, towards, share)
    })
}

/// `share` of the way from one colour to another.
pub fn mix(from: Rgb, to: Rgb, share: f64) -> Rgb {
    std::array::from_fn(|at| (f64::from(from[at]) + (f64::from(to[at]) - f64::from(from[at])) * share).round() as u8)
}

/// A colour "#rrggbb" mixed with white, as a bar that counts nothing.
pub fn paler(colour: &str) -> String {
    let part = |at: usize| colour.get(at..at + 2).and_then(|part| u8::from_str_radix(part, 16).ok()).unwrap_or_default();
    hex(mix([part(1), part(3), part(5)], [255, 255, 255], 0.65))
}

/// "#0072b2", for HTML and SVG.
pub fn hex(colour: Rgb) -> String {
    format!("#{:02x}{:02x}{:02x}", colour[0], colour[1], colour[2])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows of the matrices of Machado et al. (2009) at severity 1, on linear light.
    const EYES: [(&str, [[f64; 3]; 3]); 4] = [
        ("normal", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
        ("protan", [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
        ("deutan", [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
        ("tritan", [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
    ];
    const LUMINANCE: [f64; 3] = [0.2126729, 0.7151522, 0.0721750];

    fn linear(colour: Rgb) -> [f64; 3] {
        colour.map(|channel| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        })
    }

    fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
        a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    }

    fn contrast(a: Rgb, b: Rgb) -> f64 {
        let (a, b) = (dot(LUMINANCE, linear(a)) + 0.05, dot(LUMINANCE, linear(b)) + 0.05);
        (a / b).max(b / a)
    }

    fn lab(colour: Rgb, eye: [[f64; 3]; 3]) -> [f64; 3] {
        let light = eye.map(|row| dot(row, linear(colour)).clamp(0.0, 1.0));
        let f = |t: f64| if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 };
        let x = f(dot([0.4124564, 0.3575761, 0.1804375], light) / 0.95047);
        let y = f(dot(LUMINANCE, light));
        let z = f(dot([0.0193339, 0.1191920, 0.9503041], light) / 1.08883);
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    }

    /// Sharma, Wu, Dalal (2005), "The CIEDE2000 color-difference formula".
    fn ciede2000([l1, a1, b1]: [f64; 3], [l2, a2, b2]: [f64; 3]) -> f64 {
        let seventh = |c: f64| (c.powi(7) / (c.powi(7) + 25f64.powi(7))).sqrt();
        let g = 0.5 * (1.0 - seventh((a1.hypot(b1) + a2.hypot(b2)) / 2.0));
        let (a1, a2) = (a1 * (1.0 + g), a2 * (1.0 + g));
        let (c1, c2) = (a1.hypot(b1), a2.hypot(b2));
        let hue = |a: f64, b: f64| b.atan2(a).to_degrees().rem_euclid(360.0);
        let (h1, h2) = (hue(a1, b1), hue(a2, b2));
        let grey = c1 * c2 == 0.0;
        let turn = if grey { 0.0 } else { (h2 - h1 + 180.0).rem_euclid(360.0) - 180.0 };
        let h = if grey { h1 + h2 } else { (h1 + turn / 2.0).rem_euclid(360.0) };
        let (l, c) = ((l1 + l2) / 2.0, (c1 + c2) / 2.0);
        let cos = |degrees: f64| degrees.to_radians().cos();
        let t = 1.0 - 0.17 * cos(h - 30.0) + 0.24 * cos(2.0 * h) + 0.32 * cos(3.0 * h + 6.0) - 0.2 * cos(4.0 * h - 63.0);
        let sl = 1.0 + 0.015 * (l - 50.0).powi(2) / (20.0 + (l - 50.0).powi(2)).sqrt();
        let (sc, sh) = (1.0 + 0.045 * c, 1.0 + 0.015 * c * t);
        let rt = -2.0 * seventh(c) * (60.0 * (-((h - 275.0) / 25.0).powi(2)).exp()).to_radians().sin();
        let (dl, dc) = ((l2 - l1) / sl, (c2 - c1) / sc);
        let dh = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin() / sh;
        (dl * dl + dc * dc + dh * dh + rt * dc * dh).sqrt()
    }

    #[test]
    fn ciede2000_at_published_points() {
        for (a, b, expected) in [
            ([50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485], 2.0425),
            ([60.2574, -34.0099, 36.2677], [60.4626, -34.1751, 39.4387], 1.2644),
            ([2.0776, 0.0795, -1.1350], [0.9033, -0.0636, -0.5514], 0.9082),
        ] {
            assert!((ciede2000(a, b) - expected).abs() < 1e-4, "{a:?} {b:?}");
        }
    }

    #[test]
    fn every_eye_tells_the_colours_apart() {
        for (eye, matrix) in EYES {
            for (count, floor) in [(8, 10.5), (24, 6.0)] {
                let colours: Vec<Rgb> = (0..count).map(segment).chain([NOISE]).collect();
                for (i, &a) in colours.iter().enumerate() {
                    for &b in &colours[..i] {
                        let distance = ciede2000(lab(a, matrix), lab(b, matrix));
                        assert!(distance > floor, "{eye}: {} and {} of the first {count} are {distance:.1} apart", hex(a), hex(b));
                    }
                }
            }
        }
    }

    #[test]
    fn equal_weight_on_white_and_near_black() {
        for colour in (0..24).map(segment).chain([NOISE]) {
            let (light, dark) = (contrast(colour, [255; 3]), contrast(colour, [0x1b, 0x1d, 0x21]));
            assert!(light >= 2.2 && dark >= 2.3, "{}: {light:.2} on white, {dark:.2} on dark", hex(colour));
        }
    }

    #[test]
    fn colours_repeat_and_are_spelled_for_the_web() {
        assert_eq!((hex(segment(0)), segment(24)), ("#0072b2".to_owned(), segment(0)));
    }
}
