package dev.graft.sim.workload;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.instruction.InvokeInstruction;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * A bug in the midst of the product, where no wrapper reaches: one call of one method is left out
 * of its bytes, as mutation testing does.
 *
 * @param className the class that is changed
 * @param method where
 * @param call the name of what is called there
 * @param turn the how manieth call of that name in the methods of that name, from 1
 * @param instead what is done in its place: leaves what the call would have left
 */
record Mutant(
    String className, String method, String call, int turn, Consumer<CodeBuilder> instead) {
  /**
   * What {@link Trial} does, with this bug: product and simulator are loaded once more, by
   * themselves, so that nothing else of this process has it.
   *
   * @throws AssertionError when the class has no such call
   */
  BiFunction<String, Long, String> trial() throws ReflectiveOperationException {
    Loader loader = new Loader(this);
    Class<?> trial = loader.loadClass(Trial.class.getName());
    @SuppressWarnings("unchecked")
    BiFunction<String, Long, String> made =
        (BiFunction<String, Long, String>) trial.getDeclaredConstructor().newInstance();
    // The class is loaded when it is used first; whether the call is there is known now.
    loader.loadClass(className);
    return made;
  }

  /** The method, or what is written in it to be done later. */
  private boolean isMeant(String name) {
    return name.equals(method) || name.startsWith("lambda$" + method + "$");
  }

  private byte[] changed(byte[] bytes) {
    ClassFile classes = ClassFile.of();
    int[] met = {0};
    byte[] changed =
        classes.transformClass(
            classes.parse(bytes),
            ClassTransform.transformingMethodBodies(
                model -> isMeant(model.methodName().stringValue()),
                (code, element) -> {
                  boolean isMeant =
                      element instanceof InvokeInstruction invoked
                          && invoked.name().equalsString(call)
                          && ++met[0] == turn;
                  if (isMeant) {
                    instead.accept(code);
                  } else {
                    code.with(element);
                  }
                }));
    if (met[0] < turn) {
      throw new AssertionError(
          className + "." + method + " calls " + call + " " + met[0] + " times, not " + turn);
    }
    return changed;
  }

  /** Loads all of this project's classes anew. */
  private static final class Loader extends ClassLoader {
    private final Mutant mutant;

    Loader(Mutant mutant) {
      super(Mutant.class.getClassLoader());
      this.mutant = mutant;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      synchronized (getClassLoadingLock(name)) {
        if (!name.startsWith("dev.graft.")) {
          return super.loadClass(name, resolve);
        }
        Class<?> loaded = findLoadedClass(name);
        return loaded == null ? defined(name) : loaded;
      }
    }

    private Class<?> defined(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        if (in == null) {
          throw new ClassNotFoundException(name);
        }
        byte[] bytes = in.readAllBytes();
        byte[] defined = name.equals(mutant.className) ? mutant.changed(bytes) : bytes;
        return defineClass(name, defined, 0, defined.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @Override
  public String toString() {
    return className.substring(className.lastIndexOf('.') + 1)
        + "."
        + method
        + " without "
        + call
        + " "
        + turn;
  }
}
