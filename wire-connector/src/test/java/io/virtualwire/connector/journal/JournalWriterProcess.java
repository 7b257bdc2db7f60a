package io.virtualwire.connector.journal;

import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes endpoints in a ledger, several at a time, and prints each name when it was answered; connects every other one, disconnects it
 * again and prints that; until it is killed.
 */
final class JournalWriterProcess {
    static final String DISCONNECTED = "disconnected ";
    private static final int CALLERS = 8;

    private JournalWriterProcess() {}

    public static void main(String[] arguments) {
        DurableLedger ledger = DurableLedger.open(Path.of(arguments[0]), false);
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            for (int i = 0; i < CALLERS; i++) {
                callers.execute(() -> {
                    while (true) {
                        int number = next.incrementAndGet();
                        String name = ledger.change(Requests.put(arguments[1] + number));
                        System.out.println(name);
                        if (number % 2 == 0) {
                            ledger.change(Requests.plug(name));
                            System.out.println(DISCONNECTED + ledger.change(Requests.unplug(name)));
                        }
                    }
                });
            }
        }
    }
}
