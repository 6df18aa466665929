namespace Codexport.Tests.State;

/// <summary>A command that is run on damaged state.</summary>
/// <param name="Name">What it is called in the message of a failure.</param>
/// <param name="OnlyReads">Whether it changes nothing, so that another may be run on the same damage.</param>
/// <param name="Run">Runs it.</param>
internal sealed record StateCommand(string Name, bool OnlyReads, Func<Task> Run)
{
    /// <summary>
    /// Those that run on one damage: all that only read, and of those that change something, which take the most time, one, by turns. So every
    /// damage of a file meets somebody who uses it, and every command that uses it meets several damages.
    /// </summary>
    internal static IReadOnlyList<StateCommand> ByTurns(IReadOnlyList<StateCommand> commands, int turn)
    {
        var changing = commands.Where(command => !command.OnlyReads).ToList();
        return [.. commands.Where(command => command.OnlyReads), .. changing.Skip(turn % Math.Max(1, changing.Count)).Take(1)];
    }
}
