package io.virtualwire.topology;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One machine's two addresses: what is for others at the one is, for some, at the other. Whatever names neither stays as it is.
 *
 * @param outside the address in what is translated, without brackets
 * @param inside what takes its place, without brackets
 */
public record AddressTranslation(String outside, String inside) {

    /** Where something at {@code host:port} is reached; through a relay it is where the relay is. */
    public String address(String hostAndPort) {
        String from = bracketed(outside) + ":";
        return hostAndPort.startsWith(from)
                ? bracketed(inside) + ":" + hostAndPort.substring(from.length())
                : hostAndPort;
    }

    /** Where something with such a URI is reached. */
    public String uri(String uri) {
        return Pattern.compile("(?<=://|@)" + Pattern.quote(bracketed(outside)) + "(?=[/:?]|$)")
                .matcher(uri)
                .replaceFirst(Matcher.quoteReplacement(bracketed(inside)));
    }

    private static String bracketed(String address) {
        return address.contains(":") ? "[" + address + "]" : address;
    }
}
