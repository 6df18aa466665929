using System.Text;

namespace Codexport.Engine.Homes.Commands;

/// <summary>One word of a command line: what it says once the quotes are off, and where each of its characters was written.</summary>
internal sealed class CommandWord
{
    /// <summary>Stands for what is only known when the command runs, such as the value of a variable.</summary>
    internal const char Unknown = '\uFFFD';

    private readonly StringBuilder _value = new();
    private readonly List<(int Start, int End)> _places = [];

    /// <summary>What it says.</summary>
    internal string Value => _value.ToString();

    /// <summary>Where a character of <see cref="Value"/> was written, from and to.</summary>
    internal (int Start, int End) this[int index] => _places[index];

    /// <summary>A word that was written without any quoting.</summary>
    internal static CommandWord Plain(string text)
    {
        var word = new CommandWord();
        for (var index = 0; index < text.Length; index++)
        {
            word.Add(text[index], index, index + 1);
        }

        return word;
    }

    internal void Add(char letter, int start, int end)
    {
        _value.Append(letter);
        _places.Add((start, end));
    }
}

/// <summary>A command line as its interpreter reads it.</summary>
internal sealed class CommandReading(string text)
{
    private readonly Quoting[] _quoting = new Quoting[text.Length];

    /// <summary>The words, command by command.</summary>
    internal List<IReadOnlyList<CommandWord>> Commands { get; } = [];

    /// <summary>How the character at a place stands there.</summary>
    internal Quoting At(int index) => _quoting[index];

    internal void Mark(int start, int end, Quoting quoting) => _quoting.AsSpan(start, Math.Min(end, text.Length) - start).Fill(quoting);

    /// <summary>Gives up: of no place it is known how it is quoted.</summary>
    internal void MarkAllOpaque()
    {
        Commands.Clear();
        _quoting.AsSpan().Fill(Quoting.Opaque);
    }

    /// <summary>Reads a text.</summary>
    internal static CommandReading Read(string text, CommandLanguage language) => language switch
    {
        CommandLanguage.Sh => ShReader.Read(text),
        CommandLanguage.Cmd or CommandLanguage.CmdArgument => CmdReader.Read(text),
        CommandLanguage.PowerShell => PowerShellReader.Read(text),
        _ => new CommandReading(text),
    };
}
