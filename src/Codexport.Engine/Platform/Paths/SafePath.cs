using System.Buffers;
using System.Globalization;
using System.Text;
using Codexport.Engine.Errors;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Platform.Paths;

/// <summary>Whose rules a relative path must keep.</summary>
internal enum PathRules
{
    /// <summary>Linux and macOS: whatever stays below the root and is plain text.</summary>
    Unix,

    /// <summary>Windows: also its reserved names and characters.</summary>
    Windows,

    /// <summary>Every platform, and in Unicode form C: what a master exports by default.</summary>
    Portable,
}

/// <summary>
/// Judges relative paths that come from the network or go to it. A path that passes, joined to a root, stays below that root and names
/// the file that it seems to name.
/// </summary>
internal static class SafePath
{
    /// <summary>Longest path in bytes of UTF-8.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Longest component: bytes of UTF-8, as most file systems count; Windows counts UTF-16 units, which are never more.</summary>
    public const int MaxComponentBytes = 255;

    private static readonly SearchValues<char> WindowsForbidden = SearchValues.Create("<>:\"|?*");

    private static readonly HashSet<string> Devices = new(
        [
            "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$",
            .. "0123456789\u00b9\u00b2\u00b3".SelectMany(digit => new[] { "COM" + digit, "LPT" + digit }),
        ],
        StringComparer.OrdinalIgnoreCase);

    /// <summary>The rules of the machine that this runs on.</summary>
    public static PathRules ThisPlatform => OperatingSystem.IsWindows() ? PathRules.Windows : PathRules.Unix;

    /// <summary>Null when the path is fine, else why not, as the end of a sentence that begins with the path.</summary>
    public static string? Check(string path, PathRules rules)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (path.Length == 0)
        {
            return "is empty";
        }

        if (CheckText(path) is { } reason)
        {
            return reason;
        }

        if (path[0] == '/')
        {
            return "is absolute";
        }

        if (rules == PathRules.Portable && !UnicodeForm.IsComposed(path))
        {
            return "is not in Unicode form C";
        }

        foreach (var range in path.AsSpan().Split('/'))
        {
            if (CheckComponent(path.AsSpan(range), rules) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    /// <summary>Fails with <see cref="ErrorCode.PathInvalid"/> when <see cref="Check"/> finds something.</summary>
    public static void Require(string path, PathRules rules)
    {
        if (Check(path, rules) is { } reason)
        {
            throw Invalid(path, reason);
        }
    }

    /// <summary>The absolute path of a checked relative one.</summary>
    public static string Combine(string root, string relative)
    {
        ArgumentNullException.ThrowIfNull(relative);
        return Path.Join(root, Path.DirectorySeparatorChar == '/' ? relative : relative.Replace('/', Path.DirectorySeparatorChar));
    }

    /// <summary>The error for a path that may not be used.</summary>
    public static CodexportException Invalid(string path, string reason)
    {
        var shown = Printable(path);
        return new CodexportException(
            ErrorCode.PathInvalid, $"The path '{shown}' {reason}.", "Rename or leave out this file on the master, then rebuild.", shown);
    }

    /// <summary>A path as it may be shown, see <see cref="ForeignText.Name"/>.</summary>
    public static string Printable(string path) => ForeignText.Name(path);

    private static string? CheckText(string path)
    {
        for (var index = 0; index < path.Length; index++)
        {
            var unit = path[index];
            if (char.IsControl(unit) || unit is '\u2028' or '\u2029')
            {
                return "holds a control character";
            }

            if (unit == '\\')
            {
                return "holds a backslash";
            }

            if (char.IsSurrogate(unit) && !(char.IsHighSurrogate(unit) && index + 1 < path.Length && char.IsLowSurrogate(path[++index])))
            {
                return "holds half a character";
            }
        }

        return Encoding.UTF8.GetByteCount(path) > MaxBytes
            ? string.Create(CultureInfo.InvariantCulture, $"is longer than {MaxBytes} bytes")
            : null;
    }

    private static string? CheckComponent(ReadOnlySpan<char> name, PathRules rules)
    {
        if (name.IsEmpty)
        {
            return "has an empty component";
        }

        if (name is "." or "..")
        {
            return $"has the component '{name}'";
        }

        if (Encoding.UTF8.GetByteCount(name) > MaxComponentBytes)
        {
            return string.Create(CultureInfo.InvariantCulture, $"has a component longer than {MaxComponentBytes} bytes");
        }

        if (name.Equals(".codexport", StringComparison.OrdinalIgnoreCase)
            || name.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.OrdinalIgnoreCase))
        {
            return "uses a name that Codexport keeps for itself";
        }

        return rules == PathRules.Unix ? null : CheckWindowsComponent(name);
    }

    private static string? CheckWindowsComponent(ReadOnlySpan<char> name)
    {
        if (name.ContainsAny(WindowsForbidden))
        {
            return "holds one of < > : \" | ? *, which Windows forbids in names";
        }

        if (name[^1] is '.' or ' ')
        {
            return "has a component that ends with a dot or a space, which Windows drops";
        }

        // Windows takes 'NUL', 'nul.txt' and 'NUL .txt' all for the device.
        var dot = name.IndexOf('.');
        var stem = (dot < 0 ? name : name[..dot]).TrimEnd(' ');
        return Devices.GetAlternateLookup<ReadOnlySpan<char>>().Contains(stem)
            ? $"has the component '{name}', which Windows keeps for a device"
            : null;
    }
}
