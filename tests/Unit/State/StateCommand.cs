namespace Codexport.Tests.State;

/// <summary>A command that is run on damaged state.</summary>
/// <param name="Name">What it is called in the message of a failure.</param>
/// <param name="OnlyReads">Whether it changes nothing, so that another may be run on the same damage.</param>
/// <param name="Run">Runs it.</param>
internal sealed record StateCommand(string Name, bool OnlyReads, Func<Task> Run);
