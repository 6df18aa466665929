using System.Runtime.InteropServices;

namespace Codexport.Benchmarks.Comparisons;

/// <summary>Processor time of all children that have ended, as Linux and macOS count it.</summary>
internal static class ChildTimes
{
    private const int Children = -1;

    public static TimeSpan Read()
    {
        // Two times, of two numbers of 8 bytes each, before everything else; on macOS the microseconds have 4 bytes and 4 of padding.
        var usage = new long[32];
        if (GetUsage(Children, usage) != 0)
        {
            throw new NotHereException("getrusage does not answer");
        }

        return TimeSpan.FromMicroseconds(((usage[0] + usage[2]) * 1_000_000) + (int)usage[1] + (int)usage[3]);
    }

    [DllImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetUsage(int who, [Out] long[] usage);
}
