package io.virtualwire.log;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import java.util.ArrayList;
import java.util.List;

/** A small state for tests: lines in the order in which they were agreed, and a compare-and-set register. */
public record Ledger(List<String> lines, String register) {

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(Write.class), @JsonSubTypes.Type(Swap.class)})
    public sealed interface Command {}

    public record Write(String line) implements Command {}

    public record Swap(String from, String to) implements Command {}

    /** Applies them. */
    public static final class Machine implements StateMachine<Command, Ledger> {
        private final JsonMapper mapper = JsonMapper.builder().build();

        @Override
        public Ledger initial() {
            return new Ledger(List.of(), "");
        }

        @Override
        public Ledger apply(Ledger state, Command command, long index) {
            return switch (command) {
                case Write write -> {
                    List<String> more = new ArrayList<>(state.lines());
                    more.add(write.line());
                    yield new Ledger(List.copyOf(more), state.register());
                }
                case Swap swap -> {
                    if (!swap.from().equals(state.register())) {
                        throw new WireException(
                                ErrorCode.VERSION_CONFLICT,
                                "Cannot swap: the register holds '" + state.register() + "'",
                                "Read it again.");
                    }
                    yield new Ledger(state.lines(), swap.to());
                }
            };
        }

        @Override
        public Codec<Command> commands() {
            return Codec.json(mapper, Command.class);
        }

        @Override
        public Codec<Ledger> states() {
            return Codec.json(mapper, Ledger.class);
        }
    }
}
