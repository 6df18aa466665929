Console.WriteLine("x"); return 0;
