using Codexport.Engine.Homes;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex.Checking;

/// <summary>Files of the Codex home that keys of a configuration name.</summary>
internal static class NamedFiles
{
    /// <summary>Their paths below the Codex home; what lies elsewhere is left out.</summary>
    internal static IReadOnlyList<string> Of(EngineContext context, TomlTable root)
        => [.. ConfigKeys.FindNamedFiles(root)
            .Select(named => RelativeTo(context, named.Value) ?? Relative(named.Value)).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>The path below the Codex home of a value that is an absolute path in it, or one that begins with <c>~/</c>; null for others.</summary>
    internal static string? RelativeTo(EngineContext context, string text)
    {
        var separators = OperatingSystem.IsWindows() ? "/\\" : "/";
        var absolute = text.Length > 2 && text[0] == '~' && separators.Contains(text[1]) ? Path.Join(context.Home.UserHome, text[2..]) : text;
        if (absolute.Length > 1024 || absolute.AsSpan().ContainsAny("\r\n\0") || !Path.IsPathFullyQualified(absolute))
        {
            return null;
        }

        var home = context.Home.CodexFolder;
        var comparison = context.Files.IsCaseSensitive ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        absolute = Path.GetFullPath(absolute);
        return absolute.Length > home.Length + 1 && absolute.StartsWith(home, comparison) && separators.Contains(absolute[home.Length])
            ? absolute[(home.Length + 1)..].Replace('\\', '/')
            : null;
    }

    private static string? Relative(string text)
    {
        if (text[0] == '~' || Path.IsPathRooted(text) || text.AsSpan().ContainsAny("\r\n\0"))
        {
            return null;
        }

        var relative = Path.GetRelativePath(Path.GetFullPath("/home"), Path.GetFullPath(text, Path.GetFullPath("/home"))).Replace('\\', '/');
        return relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? null : relative;
    }
}
