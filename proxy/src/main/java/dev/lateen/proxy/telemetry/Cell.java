package dev.lateen.proxy.telemetry;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A number with one writer: as cheap as a plain field to add to, and never torn or stuck for those who read it.
///
/// Thread: add on one thread only; read on any.
public final class Cell {
    private static final VarHandle VALUE;

    static {
        try {
            VALUE = MethodHandles.lookup().findVarHandle(Cell.class, "value", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("unused") // Through VALUE.
    private long value;

    public void add(long amount) {
        VALUE.setOpaque(this, (long) VALUE.get(this) + amount);
    }

    public void increment() {
        add(1);
    }

    public void set(long amount) {
        VALUE.setOpaque(this, amount);
    }

    public long value() {
        return (long) VALUE.getOpaque(this);
    }
}
