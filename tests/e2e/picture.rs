//! Pictures for the documentation, which must not be older than the page they show.

use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context, ensure};

/// How much of a picture may change before it is another one, of a thousand pixels: fonts are drawn a little otherwise
/// on each machine, and an events' time of day goes on.
const PER_THOUSAND: usize = 10;
/// By how much of 255 a pixel may change.
const TOLERANCE: u8 = 40;

struct Pixels {
    size: (u32, u32),
    /// Of each the same number of bytes.
    bytes: Vec<u8>,
}

impl Pixels {
    fn read(png: impl std::io::BufRead + std::io::Seek) -> anyhow::Result<Self> {
        let mut reader = png::Decoder::new(png).read_info()?;
        let mut bytes = vec![0; reader.output_buffer_size().context("too large")?];
        let info = reader.next_frame(&mut bytes)?;
        Ok(Self { size: (info.width, info.height), bytes })
    }

    fn looks_like(&self, other: &Self) -> bool {
        let differ = |one: &u8, other: &u8| one.abs_diff(*other) > TOLERANCE;
        self.size == other.size
            && self.bytes.len() == other.bytes.len()
            && self.bytes.iter().zip(&other.bytes).filter(|(one, other)| differ(one, other)).count() * 1000
                <= self.bytes.len() * PER_THOUSAND
    }
}

/// Holds the picture to the one in this file of the repository, which `LINK_WIDGET_WRITE` writes anew, and gives its size.
/// `has_fonts`: whether this machine has the fonts of the one in the file; others look different, and are no mistake.
pub fn keep(path: &str, png: &[u8], has_fonts: bool) -> anyhow::Result<(u32, u32)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).context("a repository")?;
    let file = root.join(path);
    let now = Pixels::read(std::io::Cursor::new(png))?;
    let shades = now.bytes.iter().collect::<std::collections::HashSet<_>>().len();
    ensure!(shades > 16, "nothing is drawn: {shades} shades");
    let before = File::open(&file).ok().map(BufReader::new).and_then(|file| Pixels::read(file).ok());
    if before.is_some_and(|before| before.looks_like(&now)) {
        return Ok(now.size);
    }
    if std::env::var_os("LINK_WIDGET_WRITE").is_some() {
        fs::write(file, png)?;
        return Ok(now.size);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("e2e/pictures");
    fs::create_dir_all(&folder)?;
    let there = folder.join(file.file_name().context("a name")?);
    fs::write(&there, png)?;
    let differs = format!("{path} does not show the page as it is now: see {}", there.display());
    ensure!(
        !has_fonts,
        "{differs}\nIf it should look so: LINK_WIDGET_WRITE=1 cargo xtask test e2e --browser chromium"
    );
    println!("{differs} (this machine has other fonts)");
    Ok(now.size)
}
