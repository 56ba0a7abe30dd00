// RUN: ingot-opt %s --ingot-verify-planned --split-input-file --verify-diagnostics -o /dev/null

// What a kernel may hold.
module {
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index)
      attributes {ingot.arguments = []} {
    // expected-error @+1 {{expected arithmetic, loops, loads and stores alone in kernel 'k': no allocation, call or assert}}
    %m = memref.alloc() : memref<4xf32>
    return
  }
}
}

// -----

module {
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index)
      attributes {ingot.arguments = []} {
    %yes = arith.constant true
    // expected-error @+1 {{no allocation, call or assert}}
    cf.assert %yes, "no"
    return
  }
}
}

// -----

module {
module @kernels {
  // expected-error @+1 {{expected ingot.arguments to list its arguments}}
  func.func private @other()
}
}

// -----

module {
module @kernels {
  // expected-error @+1 {{expected a body and no results}}
  func.func private @other() attributes {ingot.arguments = []}
}
}

// -----

module {
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index)
      attributes {ingot.arguments = []} {
    %x = arith.constant 1.5 : f32
    // expected-error @+1 {{no allocation, call or assert}}
    %0 = math.round %x : f32
    return
  }
}
}

// -----

module {
module @kernels {
  // expected-error @+1 {{expected 4 arguments, but got 5}}
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read"]} {
    return
  }
}
}

// -----

module {
module @kernels {
  // expected-error @+1 {{expected argument 3 to be a linear buffer, but got 'memref<4x4xf32>'}}
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<4x4xf32>)
      attributes {ingot.arguments = ["read"]} {
    return
  }
}
}

// -----

module {
module @kernels {
  // expected-error @+1 {{expected argument 3 to be an index, but got 'i64'}}
  func.func @k(%begin: index, %end: index, %worker: index, %n: i64)
      attributes {ingot.arguments = ["number"]} {
    return
  }
}
}

// -----

module {
module @kernels {
  // expected-error @+1 {{expected to read, write or work in argument 3}}
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>)
      attributes {ingot.arguments = ["borrow"]} {
    return
  }
}
}

// -----

module {
module @kernels {
  // expected-error @+1 {{expected argument 3 inside the worker's memory}}
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>)
      attributes {ingot.arguments = ["worker:64"], ingot.worker_bytes = 64 : i64} {
    return
  }
}
}

// -----

module {
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>)
      attributes {ingot.arguments = ["read"]} {
    %v = memref.load %x[%begin] : memref<?xf32>
    // expected-error @+1 {{expected kernel 'k' not to write to an operand}}
    memref.store %v, %x[%end] : memref<?xf32>
    return
  }
}
}

// -----

module {
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
  // expected-error @+1 {{expected equal kernels once, but got 'k' and 'same'}}
  func.func @same(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
}
