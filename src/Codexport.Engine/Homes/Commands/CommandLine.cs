namespace Codexport.Engine.Homes.Commands;

/// <summary>Collects words into commands while a text is read.</summary>
internal sealed class CommandLine(CommandReading reading)
{
    private readonly List<CommandWord> _words = [];

    /// <summary>The word that is being read; null between words.</summary>
    internal CommandWord? Open { get; private set; }

    /// <summary>The word that is being read, begun if there is none.</summary>
    internal CommandWord Word => Open ??= new CommandWord();

    internal void EndWord()
    {
        if (Open is not null)
        {
            _words.Add(Open);
            Open = null;
        }
    }

    internal void EndCommand()
    {
        EndWord();
        if (_words.Count > 0)
        {
            reading.Commands.Add([.. _words]);
            _words.Clear();
        }
    }
}
