package io.virtualwire.cloud.libvirt;

import io.virtualwire.control.ErrorCode;
import io.virtualwire.control.WireException;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.LibvirtException;

/** What libvirt refuses, in our words and with its own. */
final class Refusal {
    private Refusal() {}

    static WireException of(String attempted, LibvirtException refused) {
        return new WireException(
                code(refused), "cannot " + attempted + ": " + words(refused), hint(code(refused)), refused);
    }

    /** The first connection was refused: libvirt calls it a system error whatever the reason is. */
    static WireException unreachable(String uri, LibvirtException refused) {
        ErrorCode code = code(refused);
        if (code == ErrorCode.SYSTEM && number(refused) == ErrorNumber.VIR_ERR_SYSTEM_ERROR) {
            code = words(refused).contains("Permission denied") ? ErrorCode.FORBIDDEN : ErrorCode.UNAVAILABLE;
        }
        return new WireException(
                code, "cannot reach the hypervisor " + uri + ": " + words(refused), hint(code), refused);
    }

    static boolean isAbort(LibvirtException refused) {
        return number(refused) == ErrorNumber.VIR_ERR_OPERATION_ABORTED;
    }

    static boolean isAbsent(LibvirtException refused) {
        return number(refused) == ErrorNumber.VIR_ERR_NO_DOMAIN;
    }

    static String words(LibvirtException refused) {
        return String.valueOf(refused.getMessage()).strip();
    }

    private static ErrorNumber number(LibvirtException refused) {
        return refused.getError() == null
                ? ErrorNumber.VIR_ERR_INTERNAL_ERROR
                : refused.getError().getCode();
    }

    private static ErrorCode code(LibvirtException refused) {
        return switch (number(refused)) {
            case VIR_ERR_NO_DOMAIN, VIR_ERR_NO_NETWORK, VIR_ERR_NO_STORAGE_POOL, VIR_ERR_NO_STORAGE_VOL ->
                ErrorCode.NOT_FOUND;
            case VIR_ERR_DOM_EXIST, VIR_ERR_STORAGE_VOL_EXIST -> ErrorCode.ALREADY_EXISTS;
            case VIR_ERR_OPERATION_INVALID, VIR_ERR_MIGRATE_UNSAFE -> ErrorCode.WRONG_STATE;
            case VIR_ERR_XML_ERROR, VIR_ERR_XML_DETAIL, VIR_ERR_INVALID_ARG -> ErrorCode.BAD_REQUEST;
            case VIR_ERR_NO_CONNECT, VIR_ERR_INVALID_CONN, VIR_ERR_RPC -> ErrorCode.UNAVAILABLE;
            case VIR_ERR_OPERATION_TIMEOUT -> ErrorCode.TIMEOUT;
            case VIR_ERR_AUTH_FAILED, VIR_ERR_AUTH_CANCELLED, VIR_ERR_OPERATION_DENIED -> ErrorCode.FORBIDDEN;
            default -> ErrorCode.SYSTEM;
        };
    }

    private static String hint(ErrorCode code) {
        return switch (code) {
            case NOT_FOUND -> "see what there is: virsh list --all, net-list --all, pool-list --all";
            case UNAVAILABLE -> "see that libvirtd runs there: systemctl status libvirtd";
            case FORBIDDEN -> "join group libvirt on that host, or see its libvirtd.conf";
            default -> "libvirtd's log on that host may say more";
        };
    }
}
