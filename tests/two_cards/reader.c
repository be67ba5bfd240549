/*
 * The driver of a reader that can be unplugged: vpcd's, in front of which two files decide. /run/unplugged holds what every call fails with
 * (ifdhandler.h: 617 is IFD_NO_SUCH_DEVICE, 612 IFD_COMMUNICATION_ERROR); /run/unplug-after holds how many commands come before that, and that.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <ifdhandler.h>

static void *vpcd(const char *name)
{
    static void *driver;
    if (!driver)
        driver = dlopen(VPCD, RTLD_NOW);
    return dlsym(driver, name);
}

static RESPONSECODE unplugged(void)
{
    long why = 0;
    FILE *file = fopen("/run/unplugged", "r");
    if (file) {
        if (fscanf(file, "%ld", &why) != 1)
            why = IFD_COMMUNICATION_ERROR;
        fclose(file);
    }
    return why;
}

/* Count a command, and unplug the reader when it is time. */
static void count(void)
{
    long left, why;
    FILE *file = fopen("/run/unplug-after", "r+");
    if (!file)
        return;
    if (fscanf(file, "%ld %ld", &left, &why) == 2) {
        rewind(file);
        if (left > 0) {
            fprintf(file, "%ld %ld ", left - 1, why);
        } else {
            FILE *gone = fopen("/run/unplugged", "w");
            fprintf(gone, "%ld", why);
            fclose(gone);
            remove("/run/unplug-after");
        }
    }
    fclose(file);
}

#define FORWARD(name, types, values)                                                                                                       \
    RESPONSECODE name types                                                                                                                \
    {                                                                                                                                      \
        RESPONSECODE why = unplugged();                                                                                                    \
        RESPONSECODE(*real) types = vpcd(#name);                                                                                           \
        return why ? why : real values;                                                                                                    \
    }

FORWARD(IFDHCreateChannelByName, (DWORD lun, LPSTR name), (lun, name))
FORWARD(IFDHCreateChannel, (DWORD lun, DWORD channel), (lun, channel))
FORWARD(IFDHCloseChannel, (DWORD lun), (lun))
FORWARD(IFDHGetCapabilities, (DWORD lun, DWORD tag, PDWORD length, PUCHAR value), (lun, tag, length, value))
FORWARD(IFDHSetCapabilities, (DWORD lun, DWORD tag, DWORD length, PUCHAR value), (lun, tag, length, value))
FORWARD(IFDHSetProtocolParameters, (DWORD lun, DWORD protocol, UCHAR flags, UCHAR a, UCHAR b, UCHAR c), (lun, protocol, flags, a, b, c))
FORWARD(IFDHPowerICC, (DWORD lun, DWORD action, PUCHAR atr, PDWORD length), (lun, action, atr, length))
FORWARD(IFDHICCPresence, (DWORD lun), (lun))
FORWARD(IFDHControl, (DWORD lun, DWORD code, PUCHAR in, DWORD size, PUCHAR out, DWORD room, LPDWORD got),
        (lun, code, in, size, out, room, got))

RESPONSECODE IFDHTransmitToICC(DWORD lun, SCARD_IO_HEADER send, PUCHAR command, DWORD size, PUCHAR answer, PDWORD length, PSCARD_IO_HEADER got)
{
    RESPONSECODE (*real)(DWORD, SCARD_IO_HEADER, PUCHAR, DWORD, PUCHAR, PDWORD, PSCARD_IO_HEADER) = vpcd("IFDHTransmitToICC");
    RESPONSECODE why;
    count();
    why = unplugged();
    if (why)
        *length = 0;
    return why ? why : real(lun, send, command, size, answer, length, got);
}
