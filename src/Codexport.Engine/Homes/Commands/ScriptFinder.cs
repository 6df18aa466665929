using System.Text.RegularExpressions;

namespace Codexport.Engine.Homes.Commands;

/// <summary>Finds the words of a command that another interpreter reads as a script: behind <c>sh -c</c>, <c>cmd /c</c>, <c>pwsh -Command</c> and their like.</summary>
internal static partial class ScriptFinder
{
    private static readonly HashSet<string> Shells = new(StringComparer.OrdinalIgnoreCase)
    {
        "sh", "bash", "dash", "zsh", "ksh", "mksh", "ash", "fish", "rbash",
    };

    // They take other words before the option.
    private static readonly HashSet<string> Starters = new(StringComparer.Ordinal) { "su", "runuser", "script", "flock" };

    // Their options that take a value as the next word.
    private static readonly HashSet<string> ShellOptionsWithValue = new(StringComparer.Ordinal)
    {
        "-o", "+o", "-O", "+O", "--rcfile", "--init-file",
    };

    private static readonly string[] PowerShellOptionsWithValue =
    [
        "executionpolicy", "ep", "ex", "version", "windowstyle", "inputformat", "outputformat", "configurationname", "configurationfile",
        "workingdirectory", "wd", "settingsfile", "custompipename", "psconsolefile",
    ];

    /// <summary>Which words are scripts, by index, and whose.</summary>
    internal static IReadOnlyDictionary<int, CommandLanguage> Find(IReadOnlyList<string> words)
    {
        var found = new Dictionary<int, CommandLanguage>();
        for (var index = 0; index < words.Count; index++)
        {
            var name = ProgramName(words[index]);
            if (Shells.Contains(name) || Starters.Contains(name))
            {
                AfterShell(words, index + 1, Starters.Contains(name), found);
            }
            else if (name.Equals("cmd", StringComparison.OrdinalIgnoreCase))
            {
                AfterCmd(words, index + 1, found);
            }
            else if (name.ToUpperInvariant() is "PWSH" or "POWERSHELL" or "PWSH-PREVIEW")
            {
                AfterPowerShell(words, index + 1, name, found);
            }
            else if (name is "eval" or "trap")
            {
                AddAll(words, index + 1, CommandLanguage.Sh, found);
            }
            else if (name == "env" && SplitOf(words, index + 1) is { } split)
            {
                found.TryAdd(split, CommandLanguage.Sh);
            }
            else if (Interpreter().IsMatch(name))
            {
                AfterInterpreter(words, index + 1, found);
            }
        }

        return found;
    }

    private static string ProgramName(string word)
    {
        var name = word[(word.LastIndexOfAny(['/', '\\']) + 1)..];
        return name.EndsWith(".exe", StringComparison.OrdinalIgnoreCase) ? name[..^4] : name;
    }

    private static void AddAll(IReadOnlyList<string> words, int start, CommandLanguage language, Dictionary<int, CommandLanguage> found)
    {
        for (var index = start; index < words.Count; index++)
        {
            found.TryAdd(index, language);
        }
    }

    private static void AfterShell(IReadOnlyList<string> words, int start, bool takesOthers, Dictionary<int, CommandLanguage> found)
    {
        var isScript = false;
        for (var index = start; index < words.Count; index++)
        {
            var word = words[index];
            if (word.StartsWith("--command=", StringComparison.Ordinal))
            {
                found.TryAdd(index, CommandLanguage.Sh);
            }
            else if (word is ['-' or '+', _, ..] && word != "--")
            {
                isScript |= word == "--command" || (word[1] != '-' && word[0] == '-' && word.Contains('c', StringComparison.Ordinal));
                index += ShellOptionsWithValue.Contains(word) ? 1 : 0;
            }
            else if (isScript || !takesOthers)
            {
                if (isScript)
                {
                    found.TryAdd(index, CommandLanguage.Sh);
                }

                return;
            }
        }
    }

    private static void AfterCmd(IReadOnlyList<string> words, int start, Dictionary<int, CommandLanguage> found)
    {
        for (var index = start; index < words.Count && words[index].StartsWith('/'); index++)
        {
            if (words[index].EndsWith("c", StringComparison.OrdinalIgnoreCase) || words[index].EndsWith("k", StringComparison.OrdinalIgnoreCase))
            {
                AddAll(words, index + 1, CommandLanguage.Cmd, found);
                return;
            }
        }
    }

    private static void AfterPowerShell(IReadOnlyList<string> words, int start, string name, Dictionary<int, CommandLanguage> found)
    {
        for (var index = start; index < words.Count; index++)
        {
            var option = words[index] is ['-' or '/', .. var rest] ? rest.ToLowerInvariant() : null;
            if (option is null)
            {
                // Windows PowerShell takes it for a command, its successor for a file.
                if (name.Equals("powershell", StringComparison.OrdinalIgnoreCase))
                {
                    AddAll(words, index, CommandLanguage.PowerShell, found);
                }

                return;
            }

            if (option is "cwa" or "commandwithargs")
            {
                found.TryAdd(index + 1, CommandLanguage.PowerShell);
                return;
            }

            if (option.Length > 0 && "command".StartsWith(option, StringComparison.Ordinal))
            {
                AddAll(words, index + 1, CommandLanguage.PowerShell, found);
                return;
            }

            if (option.Length > 0 && (option == "ec" || "file".StartsWith(option, StringComparison.Ordinal)
                || (option != "ex" && option != "ep" && "encodedcommand".StartsWith(option, StringComparison.Ordinal))))
            {
                return;
            }

            index += Array.Exists(PowerShellOptionsWithValue, known => option.Length > 1 && known.StartsWith(option, StringComparison.Ordinal)) ? 1 : 0;
        }
    }

    private static void AfterInterpreter(IReadOnlyList<string> words, int start, Dictionary<int, CommandLanguage> found)
    {
        for (var index = start; index < words.Count; index++)
        {
            if (CodeOption().IsMatch(words[index]))
            {
                found.TryAdd(index + 1, CommandLanguage.Code);
                return;
            }

            if (!words[index].StartsWith('-') && words[index] != "eval")
            {
                return;
            }
        }
    }

    private static int? SplitOf(IReadOnlyList<string> words, int start)
    {
        for (var index = start; index < words.Count; index++)
        {
            if (words[index] is "-S" or "--split-string" or "-vS")
            {
                return index + 1 < words.Count ? index + 1 : null;
            }

            if (words[index].StartsWith("-S", StringComparison.Ordinal) || words[index].StartsWith("--split-string=", StringComparison.Ordinal))
            {
                return index;
            }

            if (!words[index].StartsWith('-') && !words[index].Contains('=', StringComparison.Ordinal))
            {
                return null;
            }
        }

        return null;
    }

    [GeneratedRegex(@"^(python|pypy|node|nodejs|bun|deno|perl|ruby|php|lua|luajit|osascript|Rscript|tclsh)[\d.]*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Interpreter();

    [GeneratedRegex(@"^(-[A-Za-z]*[cep]|-E|-r|--eval|--print|eval)$", RegexOptions.CultureInvariant)]
    private static partial Regex CodeOption();
}
