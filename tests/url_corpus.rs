//! URLs, and texts that nearly are some, for comparing one parser with another: those of the vectors, and others that are
//! put together from parts. The same ones every time, on any machine; no file is read.

use serde_json::Value;
use std::collections::HashSet;

const VECTORS: [&str; 5] = [
    include_str!("vectors/fimento.json"),
    include_str!("vectors/finqlink.json"),
    include_str!("vectors/finx.json"),
    include_str!("vectors/fiskil.json"),
    include_str!("vectors/flinks.json"),
];

const FRONTS: &[&str] = &["", " ", "\n", "\t", "\0", "\u{1}", "\u{feff}", "\u{a0}"];
const SCHEMES: &[&str] = &[
    "https",
    "http",
    "HTTPS",
    "hTtP",
    "ht\ttps",
    "ht tp",
    "ws",
    "wss",
    "ftp",
    "file",
    "data",
    "blob:https",
    "filesystem:https",
    "view-source:https",
    "javascript",
    "JavaScript",
    "java\nscript",
    "vbscript",
    "about",
    "mailto",
    "myapp",
    "my-app+x.1",
    "1app",
    "chrome-extension",
    "é",
    "",
];
const SLASHES: &[&str] =
    &["://", ":", ":/", ":///", ":////", ":\\\\", ":/\\", ":\\/", "//", "\\\\", "/", ":/\t/", ""];
const USERS: &[&str] = &[
    "",
    "user@",
    "user:secret@",
    "user:@",
    ":secret@",
    ":@",
    "@",
    "a@b@",
    "us%40er@",
    "ü:é@",
    "a/b@",
    "a\\b@",
];
const HOSTS: &[&str] = &[
    "shop.example",
    "SHOP.Example",
    "shop.example.",
    "shop..example",
    ".shop.example",
    "shop_1.example",
    "-shop-.example",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "bank.localhost",
    "bank.localhost.",
    "localhost.evil.example",
    "notlocalhost",
    "l%6fcalhost",
    "ｌocalhost",
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127..",
    "127.0..",
    "127.65535",
    "127.0.0.256",
    "127.0.0.1.evil.example",
    "127.evil.example",
    "127.255.255.255",
    "128.0.0.1",
    "126.255.255.255",
    "0177.0.0.1",
    "0x7f.1",
    "0x7f000001",
    "0X7F.0.0.1",
    "2130706433",
    "2130706433.",
    "4294967295",
    "4294967296",
    "017700000001",
    "0.0.0.0",
    "0",
    "08.1",
    "1.2.3",
    "1.2.3.4.5",
    "1.2.3.4x",
    "0x",
    "0x.0x",
    "１２７.0.0.1",
    "127。0。0。1",
    "[::1]",
    "[::01]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::]",
    "[::2]",
    "[fe80::1%25eth0]",
    "[1:2:3:4:5:6:7:8]",
    "[1:2:3:4:5:6:7:8:9]",
    "[1::2::3]",
    "[2001:DB8::A]",
    "[::1",
    "::1",
    "[]",
    "[shop.example]",
    "bücher.example",
    "BÜCHER.example",
    "bu\u{308}cher.example",
    "xn--bcher-kva.example",
    "XN--BCHER-KVA.example",
    "xn--a.example",
    "xn--.example",
    "faß.example",
    "σς.example",
    "日本。例え",
    "shop\u{ad}.example",
    "shop\u{200b}.example",
    "shop\u{200d}.example",
    "sh\u{43e}p.example",
    "shop.example\u{2044}x",
    "☃.example",
    "😀.example",
    "shop%2eexample",
    "shop%00.example",
    "shop%zz.example",
    "shop%C3%BC.example",
    "%65xample",
    "shop example",
    "shop\t.example",
    "shop\n.example",
    "shop<.example",
    "shop^.example",
    "shop|.example",
    "shop;.example",
    "shop,.example",
    "shop'.example",
    "shop*.example",
    "*.example",
    "*",
    "null",
    "-",
    "",
];
const PORTS: &[&str] = &[
    "",
    ":",
    ":80",
    ":443",
    ":0443",
    ":00080",
    ":8443",
    ":0",
    ":65535",
    ":65536",
    ":99999999999",
    ":-1",
    ":+1",
    ": 80",
    ":8 0",
    ":8\t0",
    ":80x",
    ":８０",
    ":80:80",
];
const PATHS: &[&str] = &[
    "/back",
    "",
    "/",
    "//",
    "/.",
    "/..",
    "/./back",
    "/../back",
    "/a/../back",
    "/a/..",
    "/a/.",
    "/a/%2e%2e/back",
    "/a/%2E./back",
    "/a/.%2e",
    "/%2e",
    "/a//../back",
    "/a/...",
    "/back/",
    "/Back",
    "/b%61ck",
    "/%zz",
    "/%",
    "/%f",
    "/%ff",
    "/%C3%A9",
    "/é",
    "/e\u{301}",
    "/€😀",
    "/a b",
    "/a\tb",
    "/a\nb",
    "/a\\b",
    "\\back",
    "\\..\\back",
    "/a;b=c",
    "/a:b",
    "/a@b",
    "/a|b",
    "/a<b>\"c\"",
    "/a`b{c}^d",
    "/a'b",
    "/C:/back",
    "/C|/../back",
    "back",
    "@evil.example",
    ".evil.example",
    "alert(1)",
];
const QUERIES: &[&str] = &[
    "",
    "?",
    "??",
    "?code=c&state=S",
    "?code=c&code=d",
    "?a=%20+b",
    "?a=%zz",
    "?a=%ff",
    "?a=%00",
    "?a=é",
    "?a=€&😀=1",
    "?a='\"<>`",
    "?a=\\",
    "?a=b=c&&=d&e",
    "?a;b",
    "?a=\tb\n",
    "?a=b c",
    "?a=/../",
    "?a=https://evil.example/?b=c",
    "?a=[]{}|^",
    "?__proto__=1&constructor=2",
];
const FRAGMENTS: &[&str] =
    &["", "#", "##", "#a", "#?code=c", "#é", "#%zz", "#a b", "#`<>\"", "#\t", "#/../", "#\\"];
const ENDS: &[&str] = &["", " ", "\n", "\0", "\u{1f}", "\u{a0}"];

/// The parts of a URL, in their order, each with what may stand for it; the first is none, or a sound one.
const PARTS: [&[&str]; 10] = [FRONTS, SCHEMES, SLASHES, USERS, HOSTS, PORTS, PATHS, QUERIES, FRAGMENTS, ENDS];

/// How many are put together by chance.
const MIXED: usize = 3000;

/// A few thousand, none of them twice.
pub fn urls() -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for vectors in VECTORS {
        let file: Value = serde_json::from_str(vectors).expect("JSON");
        for (rows, field) in [("messages", "data"), ("callbacks", "url")] {
            for row in file[rows].as_array().expect("a list") {
                collect(&row[field], &mut urls);
            }
        }
    }
    // each part by itself, in a URL of each kind of scheme and with each kind of host
    for scheme in ["https", "http", "myapp", "file"] {
        for host in ["shop.example", "localhost", "127.0.0.1"] {
            for (at, variants) in PARTS.iter().enumerate() {
                for variant in *variants {
                    let mut parts = PARTS.map(|part| part[0]);
                    (parts[1], parts[4]) = (scheme, host);
                    parts[at] = variant;
                    urls.push(parts.concat());
                }
            }
        }
    }
    let mut chance = Chance(1);
    for _ in 0..MIXED {
        // most parts stay sound: what is wrong everywhere is refused at once
        let part = |part: &[&'static str]| {
            let at = if chance.below(3) > 0 { 0 } else { chance.below(part.len()) };
            part[at]
        };
        urls.push(PARTS.map(part).concat());
    }
    let mut known = HashSet::new();
    urls.retain(|url| known.insert(url.clone()));
    urls
}

/// Every text in a value of the vectors, in full.
fn collect(value: &Value, urls: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            urls.push(text.clone());
            if let Ok(inside @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
                collect(&inside, urls);
            }
        }
        // a URL that is too long to write
        Value::Array(parts) if parts.iter().any(|part| part.get("$repeat").is_some()) => {
            urls.push(parts.iter().map(written).collect());
        }
        Value::Object(fields) if fields.contains_key("$repeat") => urls.push(written(value)),
        Value::Array(items) => items.iter().for_each(|item| collect(item, urls)),
        Value::Object(fields) => fields.values().for_each(|field| collect(field, urls)),
        _ => {}
    }
}

/// A text, or what `{"$repeat": [text, times]}` stands for.
fn written(part: &Value) -> String {
    match (part.as_str(), part["$repeat"][0].as_str(), part["$repeat"][1].as_u64()) {
        (Some(text), ..) => text.to_owned(),
        (None, Some(text), Some(times)) => text.repeat(usize::try_from(times).expect("a count")),
        _ => panic!("no text: {part}"),
    }
}

/// Numbers that look like chance, and are the same every time.
struct Chance(u64);

impl Chance {
    /// One below this.
    fn below(&mut self, limit: usize) -> usize {
        // Knuth's, of which the upper half is good enough
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % limit as u64) as usize
    }
}
