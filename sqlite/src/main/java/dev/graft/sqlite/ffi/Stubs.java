package dev.graft.sqlite.ffi;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Makes function pointers to Java methods, and Java handles of function pointers. Pointers travel
 * as {@code long}. Each new signature costs a millisecond or more at start, so they are shared.
 */
final class Stubs {
  static final Class<?>[] L = {long.class};
  static final Class<?>[] IL = {int.class, long.class};
  static final Class<?>[] LI = {long.class, int.class};
  static final Class<?>[] LL = {long.class, long.class};
  static final Class<?>[] LIL = {long.class, int.class, long.class};
  static final Class<?>[] ILLL = {int.class, long.class, long.class, long.class};
  static final Class<?>[] LLI = {long.class, long.class, int.class};
  static final Class<?>[] LLL = {long.class, long.class, long.class};
  static final Class<?>[] LLIL = {long.class, long.class, int.class, long.class};
  static final Class<?>[] LILL = {long.class, int.class, long.class, long.class};
  static final Class<?>[] LLLLL = {long.class, long.class, long.class, long.class, long.class};
  static final Class<?>[] LLLLI = {long.class, long.class, long.class, long.class, int.class};
  static final Class<?>[] LLLIL = {long.class, long.class, long.class, int.class, long.class};
  static final Class<?>[] LILIL = {long.class, int.class, long.class, int.class, long.class};
  static final Class<?>[] LILLLL = {
    long.class, int.class, long.class, long.class, long.class, long.class
  };
  static final Class<?>[] LLILLL = {
    long.class, long.class, int.class, long.class, long.class, long.class
  };

  private Stubs() {}

  /** The address of a function that calls a static method. */
  static long upcall(
      MethodHandles.Lookup lookup, String method, Class<?> result, Class<?>... arguments) {
    try {
      MethodHandle handle =
          lookup.findStatic(lookup.lookupClass(), method, MethodType.methodType(result, arguments));
      return Linker.nativeLinker()
          .upcallStub(handle, descriptor(result, arguments), Arena.global())
          .address();
    } catch (ReflectiveOperationException e) {
      throw new AssertionError("no method " + method, e);
    }
  }

  /** A handle that calls the function at an address. */
  static MethodHandle downcall(long address, Class<?> result, Class<?>... arguments) {
    return Linker.nativeLinker()
        .downcallHandle(MemorySegment.ofAddress(address), descriptor(result, arguments));
  }

  private static FunctionDescriptor descriptor(Class<?> result, Class<?>... arguments) {
    MemoryLayout[] layouts = new MemoryLayout[arguments.length];
    for (int i = 0; i < layouts.length; i++) {
      layouts[i] = layout(arguments[i]);
    }
    return result == void.class
        ? FunctionDescriptor.ofVoid(layouts)
        : FunctionDescriptor.of(layout(result), layouts);
  }

  private static MemoryLayout layout(Class<?> type) {
    return type == int.class
        ? ValueLayout.JAVA_INT
        : type == double.class ? ValueLayout.JAVA_DOUBLE : ValueLayout.JAVA_LONG;
  }
}
