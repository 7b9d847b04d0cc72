//! The functions of the C++ shim (`src/build/shim/lockstep.cpp`).

use std::ffi::{CStr, c_char, c_int, c_void};
use std::fmt;
use std::path::Path;
use std::ptr::{NonNull, null_mut};
use std::sync::Arc;

use bitspike_spec::stimulus::{InPins, OutPins};
use libloading::Symbol;

use crate::rtl::{BusWrite, RtlError};

const FAILED: u32 = 1 << 31;

type Create = unsafe extern "C" fn(c_int) -> *mut c_void;
type Destroy = unsafe extern "C" fn(*mut c_void);
type ErrorText = unsafe extern "C" fn(*const c_void) -> *const c_char;
type Cycle = unsafe extern "C" fn(*mut c_void, u32, u32, *mut u32) -> u32;
type Offer = unsafe extern "C" fn(*mut c_void, u32, u32);
type Reset = unsafe extern "C" fn(*mut c_void) -> u32;
type Write = unsafe extern "C" fn(*mut c_void, *const BusWrite, usize) -> u32;
type Read = unsafe extern "C" fn(*mut c_void, u32, *mut u32, usize) -> u32;

/// A loaded library and its functions.
pub(super) struct Library {
    create: Create,
    destroy: Destroy,
    error: ErrorText,
    cycle: Cycle,
    offer: Offer,
    reset: Reset,
    write: Write,
    read: Read,
    // Last, so that the functions never outlive it.
    _library: libloading::Library,
}

impl fmt::Debug for Library {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Library").finish_non_exhaustive()
    }
}

impl Library {
    pub(super) fn load(path: &Path) -> Result<Self, RtlError> {
        let failed = |source| RtlError::Load { path: path.to_owned(), source };
        // SAFETY: the library is a build of this crate, whose initialisers only set up the Verilator runtime's own variables.
        let library = unsafe { libloading::Library::new(path) }.map_err(failed)?;
        // SAFETY: the types are those of the shim that this crate compiled into the library.
        unsafe {
            Ok(Library {
                create: function(&library, c"bitspike_create", failed)?,
                destroy: function(&library, c"bitspike_destroy", failed)?,
                error: function(&library, c"bitspike_error", failed)?,
                cycle: function(&library, c"bitspike_cycle", failed)?,
                offer: function(&library, c"bitspike_offer", failed)?,
                reset: function(&library, c"bitspike_reset", failed)?,
                write: function(&library, c"bitspike_write", failed)?,
                read: function(&library, c"bitspike_read", failed)?,
                _library: library,
            })
        }
    }
}

/// A function of the library.
///
/// # Safety
/// `F` must be the type of the function, and the library must outlive the result.
unsafe fn function<F: Copy>(
    library: &libloading::Library,
    name: &CStr,
    failed: impl Fn(libloading::Error) -> RtlError,
) -> Result<F, RtlError> {
    // SAFETY: as promised by the caller.
    let symbol: Symbol<'_, F> = unsafe { library.get(name.to_bytes_with_nul()) }.map_err(failed)?;
    Ok(*symbol)
}

/// One model of the library.
#[derive(Debug)]
pub(super) struct Handle {
    core: NonNull<c_void>,
    library: Arc<Library>,
}

// SAFETY: a model has no ties to the thread that made it: the shim sets the thread's Verilator context in every call, and `&mut`
// keeps calls apart.
unsafe impl Send for Handle {}

impl Handle {
    pub(super) fn new(library: Arc<Library>, seed: i32) -> Result<Self, RtlError> {
        // SAFETY: `create` takes any seed.
        let core = NonNull::new(unsafe { (library.create)(seed) });
        let core = core.ok_or_else(|| RtlError::Simulation { message: "the model could not be made".to_owned() })?;
        Ok(Handle { core, library })
    }

    #[inline]
    pub(super) fn cycle(&mut self, pins: InPins, record: Option<&mut [u32]>) -> Result<OutPins, RtlError> {
        let bits = u32::from(pins.aer_in_req) | u32::from(pins.aer_out_ack) << 1;
        let record = record.map_or(null_mut(), <[u32]>::as_mut_ptr);
        // SAFETY: the model is alive, and a record has the words of the schema the shim was generated from.
        let outputs = unsafe { (self.library.cycle)(self.core.as_ptr(), bits, pins.aer_in_data, record) };
        self.check(outputs)?;
        Ok(OutPins { aer_in_ack: outputs & 1 != 0, aer_out_req: outputs & 2 != 0 })
    }

    pub(super) fn offer(&mut self, write: BusWrite) {
        // SAFETY: the model is alive.
        unsafe { (self.library.offer)(self.core.as_ptr(), write.address, write.data) }
    }

    pub(super) fn reset(&mut self) -> Result<(), RtlError> {
        // SAFETY: the model is alive.
        let status = unsafe { (self.library.reset)(self.core.as_ptr()) };
        self.check(status)
    }

    pub(super) fn write(&mut self, writes: &[BusWrite]) -> Result<(), RtlError> {
        // SAFETY: the model is alive, and `BusWrite` has the layout of the shim's.
        let status = unsafe { (self.library.write)(self.core.as_ptr(), writes.as_ptr(), writes.len()) };
        self.check(status)
    }

    pub(super) fn read(&mut self, address: u32, words: &mut [u32]) -> Result<(), RtlError> {
        // SAFETY: the model is alive, and the shim writes as many words as it is told.
        let status = unsafe { (self.library.read)(self.core.as_ptr(), address, words.as_mut_ptr(), words.len()) };
        self.check(status)
    }

    #[inline]
    fn check(&self, status: u32) -> Result<(), RtlError> {
        if status & FAILED == 0 { Ok(()) } else { Err(self.error()) }
    }

    #[cold]
    fn error(&self) -> RtlError {
        // SAFETY: the model is alive, and the text is a C string that lives until the next call.
        let text = unsafe { CStr::from_ptr((self.library.error)(self.core.as_ptr())) };
        RtlError::Simulation { message: text.to_string_lossy().into_owned() }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: the model is alive and not used again.
        unsafe { (self.library.destroy)(self.core.as_ptr()) }
    }
}
