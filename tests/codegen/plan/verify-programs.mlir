// RUN: ingot-opt %s --ingot-verify-planned --split-input-file --verify-diagnostics -o /dev/null

// What a program may hold.
module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 0 : i64, ingot.buffers = []} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    // expected-error @+1 {{expected arithmetic, branches, memory and launches alone in program 'run_main'}}
    %m = memref.alloc() : memref<4xf32>
    return %ok : i32
  }
}

// -----

module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  // expected-error @+1 {{expected functions with bodies, and constants}}
  llvm.func @malloc(i64) -> !llvm.ptr
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 0 : i64, ingot.buffers = []} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %m = llvm.call @malloc(%one) : (i64) -> !llvm.ptr
    return %ok : i32
  }
}

// -----

module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 0 : i64, ingot.buffers = []} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    cf.br ^next
    ^next:
    // expected-error @+1 {{expected memory on the stack to be taken at the start alone}}
    %s = llvm.alloca %one x i64 : (i64) -> !llvm.ptr
    return %ok : i32
  }
}

// -----

module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 0 : i64, ingot.buffers = []} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    // expected-error @+1 {{expected a kernel, but there is no 'other'}}
    ingot.launch @other(%x, %y) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    return %ok : i32
  }
}

// -----

module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 0 : i64, ingot.buffers = []} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    // expected-error @+1 {{expected 2 arguments for 'k', but got 1}}
    ingot.launch @k(%x) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr)
    return %ok : i32
  }
}

// -----

module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 0 : i64, ingot.buffers = []} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    // expected-error @+1 {{expected argument 1 for 'k' to be a pointer}}
    ingot.launch @k(%x, %one) tiles %one grain 0 host %host : !llvm.ptr, (!llvm.ptr, i64)
    return %ok : i32
  }
}

// -----

module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 0 : i64, ingot.buffers = []} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    // expected-error @+1 {{expected a grain of at least 0}}
    ingot.launch @k(%x, %y) tiles %one grain -1 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    return %ok : i32
  }
}

// -----

module @kernels {
  func.func @k(%begin: index, %end: index, %worker: index, %x: memref<?xf32>, %y: memref<?xf32>)
      attributes {ingot.arguments = ["read", "write"]} {
    %zero = arith.constant 0 : index
    %v = memref.load %x[%zero] : memref<?xf32>
    memref.store %v, %y[%zero] : memref<?xf32>
    return
  }
}
module @program {
  func.func @run_main(%host: !llvm.ptr, %inputs: !llvm.ptr, %outputs: !llvm.ptr, %symbols: !llvm.ptr,
                      %arena: !llvm.ptr, %offsets: !llvm.ptr, %weights: !llvm.ptr) -> i32
      attributes {ingot.arena_bytes = 0 : i64, ingot.buffers = []} {
    %ok = arith.constant 0 : i32
    %one = arith.constant 1 : i64
    %x = llvm.load %inputs : !llvm.ptr -> !llvm.ptr
    %y = llvm.load %outputs : !llvm.ptr -> !llvm.ptr
    // expected-error @+1 {{expected threads exactly for kernels of a GPU, as many as 'k' is made for}}
    ingot.launch @k(%x, %y) tiles %one grain 0 threads 256 host %host : !llvm.ptr, (!llvm.ptr, !llvm.ptr)
    return %ok : i32
  }
}
