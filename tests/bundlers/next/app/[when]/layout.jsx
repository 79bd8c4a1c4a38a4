import { Go } from '../../Back.jsx';

export default function Layout({ children }) {
  return (
    <main>
      <Go />
      {children}
    </main>
  );
}
