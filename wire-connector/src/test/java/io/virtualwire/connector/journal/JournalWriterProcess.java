package io.virtualwire.connector.journal;

import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes endpoints in a ledger, several at a time, and prints each name when it was answered; until it is killed. */
final class JournalWriterProcess {
    private static final int CALLERS = 8;

    private JournalWriterProcess() {}

    public static void main(String[] arguments) {
        DurableLedger ledger = DurableLedger.open(Path.of(arguments[0]), false);
        AtomicInteger next = new AtomicInteger();
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            for (int i = 0; i < CALLERS; i++) {
                callers.execute(() -> {
                    while (true) {
                        System.out.println(ledger.change(Requests.put(arguments[1] + next.incrementAndGet())));
                    }
                });
            }
        }
    }
}
