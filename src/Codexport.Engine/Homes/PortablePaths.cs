using System.Buffers;
using System.Text;
using Codexport.Engine.Errors;

namespace Codexport.Engine.Homes;

/// <summary>
/// Exchanges absolute paths below one machine's homes for <c>${home}</c> and <c>${codexDir}</c>, and back for another machine's. A path is
/// recognized as whole components, also inside a longer string (<c>--config=/home/ann/x</c>, PATH-like lists, quoted parts of commands).
/// Every other <c>${</c> is escaped as <c>$${</c> (a run of n dollars becomes n + 1), unless it names a declared variable, so text that
/// only looks like a variable comes out as it went in. Pure text work: no disk, and the rules of the platform are a parameter.
/// </summary>
internal sealed partial class PortablePaths
{
    /// <summary>The variable that stands for the user's home.</summary>
    public const string HomeVariable = "home";

    /// <summary>The variable that stands for the Codex home.</summary>
    public const string CodexFolderVariable = "codexDir";

    // What a path in a command line is next to, and a path alone does not hold.
    private static readonly SearchValues<char> NotInOnePath = SearchValues.Create("\"'`<>|;&:*?$\r\n\t");

    private readonly PathStyle _style;
    private readonly Dictionary<string, string> _variables;
    private readonly (string Name, string Path)[] _roots;

    /// <summary>Takes over one machine's homes and variables.</summary>
    /// <param name="style">The rules that its paths follow.</param>
    /// <param name="userHome">The user's home, absolute.</param>
    /// <param name="codexFolder">The Codex home, absolute.</param>
    /// <param name="variables">The declared path variables with this machine's values; encoding looks at the names alone.</param>
    public PortablePaths(PathStyle style, string userHome, string codexFolder, IReadOnlyDictionary<string, string>? variables = null)
        : this(style, userHome, codexFolder, variables, null)
    {
    }

    /// <summary>The same for homes that are known by another spelling too, because a link leads to them.</summary>
    internal PortablePaths(
        PathStyle style, string userHome, string codexFolder, IReadOnlyDictionary<string, string>? variables, (string UserHome, string CodexFolder)? resolved)
    {
        _style = style;
        var values = new Dictionary<string, string>(variables ?? new Dictionary<string, string>(), StringComparer.Ordinal)
        {
            [HomeVariable] = userHome,
            [CodexFolderVariable] = codexFolder,
        };
        Declared = (variables ?? new Dictionary<string, string>()).Keys.ToHashSet(StringComparer.Ordinal);
        _variables = values;

        // The longest match wins; a root directory would match every path there is. A tie goes to the Codex home.
        var (otherHome, otherFolder) = resolved ?? (userHome, codexFolder);
        (string Name, string Path)[] roots =
            [(CodexFolderVariable, codexFolder), (CodexFolderVariable, otherFolder), (HomeVariable, userHome), (HomeVariable, otherHome)];
        _roots = [.. roots
            .Select(root => (root.Name, Path: root.Path.TrimEnd(style == PathStyle.Windows ? ['\\', '/'] : ['/'])))
            .Where(root => !IsRoot(root.Path))
            .Distinct()
            .OrderByDescending(root => root.Path.Length)];
    }

    /// <summary>The rules that the machine's paths follow.</summary>
    internal PathStyle Style => _style;

    private HashSet<string> Declared { get; }

    /// <summary>The portable form of a string value or key.</summary>
    public string Encode(string text)
    {
        var result = new StringBuilder(text.Length + 16);
        var index = 0;
        while (index < text.Length)
        {
            if (text[index] == '$')
            {
                index = EncodeDollars(text, index, result);
            }
            else if (MatchRoot(text, index, out var name, out var end))
            {
                result.Append("${").Append(name).Append('}');
                index = end;
            }
            else
            {
                result.Append(text[index++]);
            }
        }

        return result.ToString();
    }

    /// <summary>Puts this machine's values in place of variables.</summary>
    /// <param name="text">The portable form.</param>
    /// <param name="file">The file that it stands in, for the error.</param>
    /// <param name="key">The key that it stands at, for the error.</param>
    /// <param name="isCommandLine">
    /// Whether it is a line for a shell, such as a hook's command. Anything else that is one path as a whole gets this platform's separators.
    /// </param>
    /// <exception cref="CodexportException"><see cref="ErrorCode.VariableMissing"/>, naming file, key and variable.</exception>
    public string Decode(string text, string file, string key, bool isCommandLine = false)
        => TryDecode(text, isCommandLine, out var decoded, out var missing)
            ? decoded
            : throw Missing(missing, file, key);

    private static CodexportException Missing(string variable, string file, string key) => new(
        ErrorCode.VariableMissing,
        $"'{file}' uses the path variable '{variable}' at '{key}', which has no value on this machine.",
        $"Add {variable} = '…' under [pathVariables] in local.toml of this machine.",
        file)
    {
        Details = [new("file", file), new("key", key), new("variable", variable)],
    };

    /// <summary>As <see cref="Decode"/>, telling instead of throwing.</summary>
    public bool TryDecode(string text, bool isCommandLine, out string decoded, out string missingVariable)
    {
        missingVariable = string.Empty;
        decoded = text;
        if (!text.Contains("${", StringComparison.Ordinal))
        {
            return true;
        }

        var wholePath = !isCommandLine && IsOnePath(text);
        var result = new StringBuilder(text.Length + 32);
        var index = 0;
        while (index < text.Length)
        {
            if (!CopyDollars(text, ref index, result) && !TryExpand(text, ref index, wholePath, result, out missingVariable))
            {
                return false;
            }
        }

        decoded = result.ToString();
        return true;
    }

    // Copies what is there as far as the next place to look at; false where a variable stands.
    private static bool CopyDollars(string text, ref int index, StringBuilder result)
    {
        var dollars = CountDollars(text, index);
        var opens = dollars > 0 && index + dollars < text.Length && text[index + dollars] == '{';
        if (opens && dollars == 1)
        {
            return false;
        }

        if (opens)
        {
            result.Append('$', dollars - 1).Append('{');
            index += dollars + 1;
        }
        else
        {
            result.Append(text, index, Math.Max(dollars, 1));
            index += Math.Max(dollars, 1);
        }

        return true;
    }

    private bool TryExpand(string text, ref int index, bool wholePath, StringBuilder result, out string name)
    {
        var close = text.IndexOf('}', index);
        name = close < 0 ? text[(index + 2)..] : text[(index + 2)..close];
        if (close < 0 || !_variables.TryGetValue(name, out var value))
        {
            return false;
        }

        var rest = text[(close + 1)..];
        if (rest.Length > 0 && value.Length > 0 && IsSeparator(value[^1]) && rest[0] is '/' or '\\')
        {
            value = value[..^1];
        }

        result.Append(value);
        index = close + 1;
        if (wholePath)
        {
            // On Unix a backslash belongs to a name, unless the path was written on Windows: then it follows the variable.
            var written = _style == PathStyle.Windows ? rest.Replace('/', '\\') : rest.StartsWith('\\') ? rest.Replace('\\', '/') : rest;
            result.Append(written);
            index = text.Length;
        }

        return true;
    }

    /// <summary>Whether a portable text is nothing but one path that begins with a variable.</summary>
    private static bool IsOnePath(string text)
    {
        if (!text.StartsWith("${", StringComparison.Ordinal))
        {
            return false;
        }

        var rest = text.AsSpan(text.IndexOf('}') + 1);
        return rest.Length > 0
            && rest[0] is '/' or '\\'
            && !rest.ContainsAny(NotInOnePath)
            && !rest.Contains(" -", StringComparison.Ordinal)
            && !rest.Contains(" /", StringComparison.Ordinal)
            && !rest.Contains(" \\", StringComparison.Ordinal);
    }

    private int EncodeDollars(string text, int index, StringBuilder result)
    {
        var dollars = CountDollars(text, index);
        var next = index + dollars;
        if (next >= text.Length || text[next] != '{')
        {
            result.Append('$', dollars);
            return next;
        }

        var close = text.IndexOf('}', next);
        if (dollars == 1 && close > 0 && Declared.Contains(text[(next + 1)..close]))
        {
            result.Append(text, index, close + 1 - index);
            return close + 1;
        }

        result.Append('$', dollars + 1).Append('{');
        return next + 1;
    }

    private bool MatchRoot(string text, int index, out string name, out int end)
    {
        foreach (var root in _roots)
        {
            end = index + root.Path.Length;
            if (end <= text.Length
                && Equal(text.AsSpan(index, root.Path.Length), root.Path)
                && PathBoundaries.StartsAt(text, index, _style)
                && PathBoundaries.EndsAt(text, end, _style))
            {
                name = root.Name;
                return true;
            }
        }

        name = string.Empty;
        end = index;
        return false;
    }

    private bool Equal(ReadOnlySpan<char> text, string root)
    {
        if (_style == PathStyle.Unix)
        {
            return text.SequenceEqual(root);
        }

        for (var index = 0; index < root.Length; index++)
        {
            var same = char.ToUpperInvariant(text[index]) == char.ToUpperInvariant(root[index])
                || (IsSeparator(text[index]) && IsSeparator(root[index]));
            if (!same)
            {
                return false;
            }
        }

        return true;
    }

    private bool IsRoot(string path)
        => path.Length == 0 || (_style == PathStyle.Windows && path.Length == 2 && path[1] == ':');

    private bool IsSeparator(char value) => value == '/' || (value == '\\' && _style == PathStyle.Windows);

    private static int CountDollars(string text, int index)
    {
        var end = index;
        while (end < text.Length && text[end] == '$')
        {
            end++;
        }

        return end - index;
    }
}
