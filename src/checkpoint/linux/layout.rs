//! What is mapped where in a process.

use std::ffi::OsString;
use std::fs::{self, Metadata};
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use super::Holds;

/// A line of `/proc/PID/maps`.
#[derive(Debug)]
pub(super) struct Mapping {
    pub addresses: Range<u64>,
    /// `rwxp`, with `-` for what is not allowed and `s` for shared.
    pub mode: String,
    /// Offset, device and number of the file.
    file: String,
    /// The file's path, or a name in brackets, or nothing.
    pub name: String,
}

/// The mappings of a process, `self` or a number, by their addresses.
pub(super) fn of(process: &str) -> io::Result<Vec<Mapping>> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps"))?;
    let unclear = || io::Error::other("the system describes memory in another way");
    maps.lines().map(|line| Mapping::parse(line).ok_or_else(unclear)).collect()
}

impl Mapping {
    fn parse(line: &str) -> Option<Self> {
        let (addresses, rest) = line.split_once(' ')?;
        let (start, end) = addresses.split_once('-')?;
        let address = |text| u64::from_str_radix(text, 16).ok();
        let (mode, rest) = rest.split_once(' ')?;
        // The name stands behind spaces, and may have some.
        let mut parts = rest.splitn(4, ' ');
        let (offset, device, number) = (parts.next()?, parts.next()?, parts.next()?);
        Some(Self {
            addresses: address(start)?..address(end)?,
            mode: mode.to_owned(),
            file: format!("{offset} {device} {number}"),
            name: parts.next().unwrap_or_default().trim_start().to_owned(),
        })
    }

    /// Whether it is the stack that the system has made.
    pub fn is_stack(&self) -> bool {
        self.name == "[stack]"
    }

    /// Whether the process can change what it holds.
    pub fn is_writable(&self) -> bool {
        self.mode.starts_with("rw")
    }

    /// Whether it holds nothing: what was set aside, and the gaps before and behind stacks.
    pub fn is_guard(&self) -> bool {
        self.mode.starts_with("---") && !self.name.starts_with('/')
    }

    /// What it maps of another file, to read; `None` where that can't be told.
    pub fn file(&self) -> Option<Holds> {
        if !self.mode.starts_with("r--") || !self.name.starts_with('/') {
            return None;
        }
        let path = PathBuf::from(&self.name);
        let offset = u64::from_str_radix(self.file.split(' ').next()?, 16).ok()?;
        let state = state(&path.metadata().ok()?).ok()?;
        Some(Holds::File { path, offset, state })
    }

    /// Whether a new process has it from its start, or it was mapped since only to be read.
    pub fn is_given(&self) -> bool {
        !(self.is_stack() || self.is_writable() || self.is_guard())
    }
}

/// The numbers of the files that a process has open.
pub(super) fn open_files(process: &str) -> io::Result<Vec<u32>> {
    let folder = PathBuf::from(format!("/proc/{process}/fd"));
    let names: Vec<_> = fs::read_dir(&folder)?.flatten().map(|file| file.file_name()).collect();
    // To look is to open one, which is closed by now.
    let still = names.into_iter().filter(|name| folder.join(name).read_link().is_ok());
    let number = |name: OsString| name.to_str().and_then(|name| name.parse().ok());
    let numbers: Option<Vec<_>> = still.map(number).collect();
    numbers.ok_or_else(|| io::Error::other("the system names open files in another way"))
}

/// What tells this machine from others, and from itself before it was started, or moved to another
/// processor while it ran: libraries choose code by what the processor has.
pub fn machine() -> Option<String> {
    let has = [
        is_x86_feature_detected!("avx2"),
        is_x86_feature_detected!("avx512f"),
        is_x86_feature_detected!("avx512bw"),
        is_x86_feature_detected!("avx512vl"),
        is_x86_feature_detected!("bmi2"),
        is_x86_feature_detected!("fma"),
        is_x86_feature_detected!("sha"),
        is_x86_feature_detected!("vpclmulqdq"),
    ];
    let booted = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(format!("{} {has:?}", booted.trim_end()))
}

/// What a process has from its start: the machine, where each mapping is, and the state of the file
/// that it is of.
pub(super) fn given(mappings: &[Mapping]) -> io::Result<Vec<String>> {
    let lines = mappings.iter().filter(|mapping| mapping.is_given()).map(line);
    let machine = machine().ok_or_else(|| io::ErrorKind::Unsupported.into());
    std::iter::once(machine).chain(lines).collect()
}

/// What tells a mapping from others.
pub(super) fn line(mapping: &Mapping) -> io::Result<String> {
    let Mapping { addresses: Range { start, end }, mode, file, name } = mapping;
    let state = match name.starts_with('/') {
        true => state(&fs::metadata(name)?)?,
        false => String::new(),
    };
    Ok(format!("{start:x}-{end:x} {mode} {file} {state} {name}"))
}

/// Size and time of change of a file: numbers of files are given anew when one is gone.
pub(super) fn state(meta: &Metadata) -> io::Result<String> {
    let changed = meta.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
    Ok(format!("{} {}", meta.len(), changed.as_nanos()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_the_manual_of_proc_describes_them() {
        let line = "00400000-00452000 r-xp 00000000 08:02 173521      /usr/bin/dbus daemon";
        let mapping = Mapping::parse(line).unwrap();
        assert_eq!(mapping.addresses, 0x0040_0000..0x0045_2000);
        assert_eq!(
            (mapping.mode.as_str(), mapping.name.as_str()),
            ("r-xp", "/usr/bin/dbus daemon")
        );
        assert!(mapping.is_given() && !mapping.is_writable());
        let heap =
            Mapping::parse("00e03000-00e24000 rw-p 00000000 00:00 0           [heap]").unwrap();
        assert!(heap.is_writable() && !heap.is_given() && !heap.is_stack());
        let gap = Mapping::parse("7f0000000000-7f0000001000 ---p 00000000 00:00 0 ").unwrap();
        assert!(gap.is_guard() && !gap.is_given());
        assert!(Mapping::parse("no mapping").is_none());
    }

    #[test]
    fn a_process_is_given_its_program_and_no_heap() {
        let here = given(&of("self").unwrap()).unwrap();
        let program = std::env::current_exe().unwrap().display().to_string();
        assert!(here.iter().any(|line| line.ends_with(&program)));
        assert!(!here.iter().any(|line| line.contains("[heap]") || line.contains("[stack]")));
    }
}
