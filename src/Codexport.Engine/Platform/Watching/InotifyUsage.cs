using System.Globalization;
using System.Runtime.Versioning;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Platform.Watching;

/// <summary>What Linux lets this user watch, and how much of it programs have taken.</summary>
/// <param name="MaxWatches">Folders that the user may watch, all programs together.</param>
/// <param name="MaxInstances">Programs that may watch, roughly.</param>
/// <param name="Watches">Watches taken.</param>
/// <param name="Instances">Instances taken.</param>
internal sealed record InotifyUsage(long MaxWatches, long MaxInstances, long Watches, long Instances)
{
    private const string InotifyTarget = "anon_inode:inotify";

    // Which events are asked for; above them are flags, which not every kernel shows.
    private const uint Events = 0xFFF;

    /// <summary>Watches that may still be taken.</summary>
    public long FreeWatches => Math.Max(0, MaxWatches - Watches);

    /// <summary>Instances that may still be taken.</summary>
    public long FreeInstances => Math.Max(0, MaxInstances - Instances);

    /// <summary>
    /// Reads it from what the kernel tells of this user's processes. Left out is what a server of <paramref name="codexFolder"/> has taken,
    /// known by its watch on that folder. Null when the limits are not told.
    /// </summary>
    [SupportedOSPlatform("linux")]
    public static InotifyUsage? ExceptFor(string codexFolder, CancellationToken cancellationToken)
        => Read("/proc", UnixCalls.UserId(), LinuxCalls.Identity(codexFolder)?.Inode, cancellationToken);

    /// <summary>The same, from a folder like <c>/proc</c>.</summary>
    /// <param name="processes">The folder.</param>
    /// <param name="user">Whose processes count.</param>
    /// <param name="ownFolder">The inode of the folder by which our own server is known.</param>
    /// <param name="cancellationToken">Ends it.</param>
    [SupportedOSPlatform("linux")]
    internal static InotifyUsage? Read(string processes, uint user, ulong? ownFolder, CancellationToken cancellationToken)
    {
        var (maxWatches, maxInstances) = (InotifyLimits.Present(InotifyLimits.Watches, processes), InotifyLimits.Present(InotifyLimits.Instances, processes));
        if (maxWatches == 0 || maxInstances == 0)
        {
            return null;
        }

        var usage = new InotifyUsage(maxWatches, maxInstances, 0, 0);
        foreach (var process in Directory.EnumerateDirectories(processes).Where(path => Path.GetFileName(path).All(char.IsAsciiDigit)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var watches in InstancesOf(process, user).Where(watches => !watches.Exists(watch => IsOwn(watch, ownFolder))))
            {
                usage = usage with { Instances = usage.Instances + 1, Watches = usage.Watches + watches.Count };
            }
        }

        return usage;
    }

    /// <summary>The instances of a process, each as the lines that tell of its watches.</summary>
    private static List<List<string>> InstancesOf(string process, uint user)
    {
        var instances = new List<List<string>>();
        try
        {
            if (IsOf(process, user))
            {
                foreach (var descriptor in Directory.EnumerateFileSystemEntries(Path.Join(process, "fd")).Where(path => new FileInfo(path).LinkTarget == InotifyTarget))
                {
                    var lines = File.ReadLines(Path.Join(process, "fdinfo", Path.GetFileName(descriptor)));
                    instances.Add([.. lines.Where(line => line.StartsWith("inotify ", StringComparison.Ordinal))]);
                }
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It ended meanwhile, or does not let itself be looked at; what was seen of it counts.
        }

        return instances;
    }

    private static bool IsOf(string process, uint user)
    {
        // Real, effective, saved and file system's: the kernel counts for the effective one.
        var line = File.ReadLines(Path.Join(process, "status")).FirstOrDefault(line => line.StartsWith("Uid:", StringComparison.Ordinal));
        return line?.Split('\t') is [_, _, var effective, ..] && uint.TryParse(effective, CultureInfo.InvariantCulture, out var number) && number == user;
    }

    [SupportedOSPlatform("linux")]
    private static bool IsOwn(string watch, ulong? ownFolder)
        => ownFolder is not null && Field(watch, "ino:") == ownFolder && (Field(watch, "mask:") & Events) == ((uint)InotifyPlaces.Interesting & Events);

    private static ulong? Field(string watch, string name)
        => watch.Split(' ').FirstOrDefault(field => field.StartsWith(name, StringComparison.Ordinal)) is { } field
            && ulong.TryParse(field.AsSpan(name.Length), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var value)
            ? value
            : null;
}
